// @ts-check
// The operator's application: what needs attention, all sagas, and any one of them.
import { redraw, startPage } from '../core/shell.js';
import { t } from '../core/i18n.js';
import { countWaiting, waitingCount } from './count.js';
import { listenToKeys } from './keys.js';
import { lazy } from './lazy.js';
import { openHelp, openSearch, startOverlays, toolButtons } from './tools.js';

const waitingPage = lazy('waiting', 'waitingPage', () => t('desk.waiting'));
const listPage = lazy('list', 'listPage', () => t('desk.sagas'));
const sagaPage = lazy('saga', 'sagaPage', ({ params }) => params.id);

listenToKeys({ search: openSearch, help: openHelp });
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
