// @ts-check
/** The trip so far, beside the search: what is held, for how much, and for how long still. */
import { h, icon } from '../core/dom.js';
import { money } from '../core/format.js';
import { t } from '../core/i18n.js';
import { badge, empty } from '../core/parts.js';
import { named } from '../core/i18n.js';
import { countdownView } from './countdown.js';
import { dropButton } from './legs.js';
import { heldTotal, legDetail, legTitle, legTone, partsOf, priceText } from './trip.js';

/** @param {any} booking @param {{draw: () => void, live: () => void}} how */
export function tripPanel(booking, { draw, live }) {
  if (!booking) return h('aside', { class: 'card trip-panel', 'aria-label': t('panel.title') }, h('h2', null, t('panel.title')), empty('trip', t('panel.empty'), t('panel.empty_text')));
  const legs = partsOf(booking);
  return h('aside', { class: 'card trip-panel stack', 'aria-label': t('panel.title'), 'data-test': 'trip-panel' },
    h('h2', null, t('panel.title')),
    countdownView(booking, draw, { small: true, onExpired: live }),
    legs.length === 0 ? h('p', { class: 'muted' }, t('panel.no_legs'))
    : h('ul', { class: 'stack' }, legs.map((leg) => h('li', { key: leg.id, class: 'panel-leg', 'data-test': 'panel-leg', 'data-status': leg.status },
        icon(leg.kind),
        h('div', { class: 'grow stack-tight' }, h('p', { class: 'strong' }, legTitle(leg.kind, leg.spec)), h('p', { class: 'small muted' }, legDetail(leg.kind, leg.spec)),
          h('p', { class: 'row between' }, badge(legTone(leg.status), named('leg_status', leg.status)), h('span', { class: 'figures' }, priceText(leg.price)))),
        dropButton(booking, leg, draw, live)))),
    h('p', { class: 'row between total' }, h('span', null, t('trip.total')), h('span', { class: 'figures', 'data-test': 'total' }, money(heldTotal(booking)))),
    h('a', { class: 'button main wide', href: `#/bookings/${booking.booking_id}`, 'data-test': 'to-trip' }, t('panel.pay'), icon('right')));
}
