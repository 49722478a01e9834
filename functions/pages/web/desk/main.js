// @ts-check
// The operator's application: what needs attention, all sagas, and any one of them.
import { redraw, startPage } from '../core/shell.js';
import { t } from '../core/i18n.js';
import { help } from './help.js';
import { listenToKeys } from './keys.js';
import { listPage } from './list.js';
import { sagaPage } from './saga.js';
import { search } from './search.js';
import { startOverlays, toolButtons } from './tools.js';
import { countWaiting, waitingCount, waitingPage } from './waiting.js';

listenToKeys({ search: search.open, help: help.open });
countWaiting(redraw);
startOverlays();

startPage({
  name: 'desk.name',
  home: '#/',
  mayRegister: false,
  words: [
    { en: () => import('../words/en.js'), 'pt-BR': () => import('../words/pt-BR.js') },
    { en: () => import('./words/en.js'), 'pt-BR': () => import('./words/pt-BR.js') },
  ],
  links: [
    { href: '#/', label: () => t('desk.waiting'), symbol: 'desk', test: 'nav-waiting', badge: waitingCount },
    { href: '#/sagas', label: () => t('desk.sagas'), symbol: 'list', test: 'nav-sagas' },
  ],
  extra: toolButtons,
  routes: [
    ['/', { make: waitingPage, needs: 'operator' }],
    ['/sagas', { make: listPage, needs: 'operator' }],
    ['/sagas/:id', { make: sagaPage, needs: 'operator' }],
    ['/sagas/:kind/:id', { make: sagaPage, needs: 'operator' }],
  ],
});
