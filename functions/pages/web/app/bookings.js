// @ts-check
/** All own trips, the newest first. */
import { h, icon } from '../core/dom.js';
import { dateTime, money } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { badge, empty } from '../core/parts.js';
import { isExpired } from './countdown.js';
import { pages, pagesView } from './pages.js';
import { bookingTone, costNow, legTitle, partsOf, tripTitle } from './trip.js';

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function bookingsPage({ draw }) {
  const list = pages('bookings', 'bookings', (booking) => booking.booking_id, draw);
  return {
    title: () => t('trips.title'),
    stop: list.stop,
    view: () => [
      h(
        'header',
        { class: 'row between' },
        h('h1', { tabindex: '-1' }, t('trips.title')),
        h('a', { class: 'button main', href: '#/' }, icon('plus'), t('trips.new')),
      ),
      pagesView(
        list,
        empty('trip', t('trips.none'), t('trips.none_text'), h('a', { class: 'button main', href: '#/' }, t('search.title'))),
        bookingRow,
      ),
    ],
  };
}

/** @param {any} booking */
function bookingRow(booking) {
  const cost = costNow(booking);
  const status = isExpired(booking) ? 'expired' : booking.status;
  const legs = partsOf(booking).length > 0 ? partsOf(booking) : booking.legs;
  return h(
    'a',
    { class: 'card list-row', href: `#/bookings/${booking.booking_id}`, 'data-test': 'booking-row', 'data-id': booking.booking_id },
    h('span', { class: 'sign' }, icon('trip')),
    h(
      'span',
      { class: 'grow stack-tight' },
      h('span', { class: 'strong' }, tripTitle(booking)),
      h('span', { class: 'small muted one-line' }, legs.map((/** @type {any} */ leg) => legTitle(leg.kind, leg.spec)).join(' · ')),
      h('span', { class: 'small muted' }, dateTime(booking.created)),
    ),
    h(
      'span',
      { class: 'row-end' },
      badge(bookingTone(status), named('booking', status)),
      cost ? h('span', { class: 'figures strong', 'data-test': 'cost' }, money(cost)) : h('span', { class: 'small muted' }, t('sum.nothing')),
    ),
  );
}
