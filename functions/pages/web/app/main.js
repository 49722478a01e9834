// @ts-check
/** The traveller's and shopper's application. */
import { h, icon } from '../core/dom.js';
import { number } from '../core/format.js';
import { t } from '../core/i18n.js';
import { redraw, startPage } from '../core/shell.js';
import { current, isOperator } from '../core/session.js';
import { basketCount, onBasket } from './basket.js';
import { accountPage } from './account.js';
import { bookingPage } from './booking.js';
import { bookingsPage } from './bookings.js';
import { cardPage, chooseCardPage } from './card.js';
import { basketPage } from './checkout.js';
import { invoicePage } from './invoice.js';
import { confirmPage, forgottenPage, resetPage, takeToken } from './links.js';
import { orderPage } from './order.js';
import { ordersPage } from './orders.js';
import { searchPage } from './search.js';
import { shopPage } from './shop.js';

/** @typedef {import('../core/shell.js').Route} Route */
/** @param {Route['make']} make @returns {Route} */
const own = (make) => ({ make, needs: 'customer' });
const signedIn = () => current() !== null;
const count = () => basketCount() > 0 && h('span', { class: 'count', 'data-test': 'basket-count' }, number(basketCount()));

takeToken();
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
  account: () => signedIn() && h('a', { class: 'button quiet square', href: '#/account', 'aria-label': t('nav.account'), title: t('nav.account'), 'data-test': 'nav-account' }, icon('person')),
  routes: [
    ['/', own(searchPage)],
    ['/bookings', own(bookingsPage)],
    ['/bookings/:id', own(bookingPage)],
    ['/shop', own(shopPage)],
    ['/basket', own(basketPage)],
    ['/orders', own(ordersPage)],
    ['/orders/:id', own(orderPage)],
    ['/orders/:id/invoice', own(invoicePage)],
    ['/card', own(chooseCardPage)],
    ['/card/:id', own(cardPage)],
    ['/account', own(accountPage)],
    ['/forgotten', { make: forgottenPage }],
    ['/reset', { make: resetPage }],
    ['/confirm', { make: confirmPage }],
  ],
});
