// @ts-check
// The operator's application: what needs attention, all sagas, any one of them, and how things go now.
import { t } from '../core/i18n.js';
import { lazy, modulesBeside } from '../core/lazy.js';
import { isOperator } from '../core/session.js';
import { redraw, startPage } from '../core/shell.js';
import { countWaiting, waitingCount } from './count.js';
import { listenToKeys } from './keys.js';
import { cameFrom, followLists } from './recent.js';
import { openHelp, openSearch, startOverlays, toolButtons } from './tools.js';

modulesBeside(import.meta.url);
/** A page for operators in a module of its own. */
const own = (module, make, title) => ({ ...lazy(module, make, title), needs: 'operator' });
/** A saga belongs to the list from which it was opened. @param {string} list @returns {(path: string) => boolean} */
const here = (list) => (path) => path === list || (path.startsWith('/sagas/') && cameFrom().path === list);
const saga = own('saga', 'sagaPage', ({ params }) => params.id);

followLists();
listenToKeys({ search: openSearch, help: openHelp });
countWaiting(redraw);
startOverlays();

startPage({
  name: 'desk.name',
  home: '#/',
  forgotten: '../#/forgotten',
  mayRegister: false,
  words: [
    { en: () => import('../words/en.js'), 'pt-BR': () => import('../words/pt-BR.js') },
    { en: () => import('./words/en.js'), 'pt-BR': () => import('./words/pt-BR.js') },
  ],
  links: [
    { href: '#/', label: () => t('desk.waiting'), symbol: 'desk', test: 'nav-waiting', here: here('/'), badge: waitingCount, shown: isOperator },
    { href: '#/sagas', label: () => t('desk.sagas'), symbol: 'list', test: 'nav-sagas', here: here('/sagas'), shown: isOperator },
    { href: '#/now', label: () => t('desk.now'), symbol: 'clock', test: 'nav-now', here: here('/now'), shown: isOperator },
  ],
  extra: toolButtons,
  routes: [
    ['/', own('waiting', 'waitingPage', () => t('desk.waiting'))],
    ['/now', own('now', 'nowPage', () => t('desk.now'))],
    ['/sagas', own('list', 'listPage', () => t('desk.sagas'))],
    ['/sagas/:id', saga],
    ['/sagas/:kind/:id', saga],
  ],
});
