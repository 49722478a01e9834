// @ts-check
/** The traveller's and shopper's application. */
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { startPage } from '../core/shell.js';

const home = { make: () => ({ title: () => t('app.name'), view: () => h('h1', { tabindex: '-1' }, t('app.name')) }), needs: /** @type {const} */ ('customer') };

startPage({
  name: 'app.name',
  home: '#/',
  words: [
    { en: () => import('../words/en.js'), 'pt-BR': () => import('../words/pt-BR.js') },
    { en: () => import('./words/en.js'), 'pt-BR': () => import('./words/pt-BR.js') },
  ],
  links: [{ href: '#/', label: () => t('app.name'), symbol: 'trip' }],
  routes: [['/', home]],
});
