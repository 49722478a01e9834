// @ts-check
/** The traveller's and shopper's application. */
import { h, icon } from '../core/dom.js';
import { number } from '../core/format.js';
import { t } from '../core/i18n.js';
import { lazy, modulesBeside } from '../core/lazy.js';
import { redraw, startPage } from '../core/shell.js';
import { current, isOperator } from '../core/session.js';
import { match, parse } from '../core/route.js';
import { basketCount, onBasket } from './basket.js';
import { takeToken } from './token.js';

modulesBeside(import.meta.url);
/** @param {string} module @param {string} make @param {string} title */
const own = (module, make, title) => ({ ...lazy(module, make, () => t(title)), needs: /** @type {const} */ ('customer') });
/** @type {Array<[string, ReturnType<typeof lazy>]>} */
const ROUTES = [
  ['/', own('search', 'searchPage', 'search.title')],
  ['/bookings', own('bookings', 'bookingsPage', 'trips.title')],
  ['/bookings/:id', own('booking', 'bookingPage', 'trip.plain')],
  ['/shop', own('shop', 'shopPage', 'shop.title')],
  ['/basket', own('checkout', 'basketPage', 'basket.title')],
  ['/orders', own('orders', 'ordersPage', 'orders.title')],
  ['/orders/:id', own('order', 'orderPage', 'order.title')],
  ['/orders/:id/invoice', own('invoice', 'invoicePage', 'order.invoice')],
  ['/card', own('card', 'chooseCardPage', 'card.title')],
  ['/card/:id', own('card', 'cardPage', 'card.title')],
  ['/account', own('account', 'accountPage', 'account.title')],
  ['/forgotten', lazy('links', 'forgottenPage', () => t('forgotten.title'))],
  ['/reset', lazy('links', 'resetPage', () => t('reset.title'))],
  ['/confirm', lazy('links', 'confirmPage', () => t('confirm.title'))],
];
const signedIn = () => current() !== null;
const count = () => basketCount() > 0 && h('span', { class: 'count', 'data-test': 'basket-count' }, number(basketCount()));

takeToken();
addEventListener('hashchange', takeToken);
// The page's own code comes beside its words and its session.
ROUTES.find(([pattern]) => match(pattern, parse(location.hash).path))?.[1].load();
onBasket(() => redraw());
startPage({
  name: 'app.name',
  forgotten: '#/forgotten',
  home: '#/',
  words: [
    { en: () => import('../words/en.js'), 'pt-BR': () => import('../words/pt-BR.js') },
    { en: () => import('./words/en.js'), 'pt-BR': () => import('./words/pt-BR.js') },
  ],
  links: [
    { href: '#/', label: () => t('nav.search'), symbol: 'search', test: 'nav-search', shown: signedIn },
    { href: '#/bookings', label: () => t('nav.trips'), symbol: 'trip', test: 'nav-trips', shown: signedIn },
    { href: '#/shop', label: () => t('nav.shop'), symbol: 'shop', test: 'nav-shop', badge: count, under: ['/basket'], shown: signedIn },
    { href: '#/orders', label: () => t('nav.orders'), symbol: 'parcel', test: 'nav-orders', shown: signedIn },
    { href: '#/card', label: () => t('nav.card'), symbol: 'card', test: 'nav-card', shown: signedIn },
    { href: 'desk/', label: () => t('nav.desk'), symbol: 'desk', test: 'nav-desk', shown: isOperator },
  ],
  account: () =>
    signedIn() &&
    h(
      'a',
      {
        class: 'button quiet square',
        href: '#/account',
        'aria-label': t('nav.account'),
        title: t('nav.account'),
        'data-test': 'nav-account',
      },
      icon('person'),
    ),
  routes: ROUTES,
});
