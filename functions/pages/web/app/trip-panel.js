// @ts-check
/** The trip so far, beside the search: what is held, for how much, and for how long still. */
import { h, icon } from '../core/dom.js';
import { money } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { badge, empty } from '../core/parts.js';
import { clockFace, now, timeLeft } from '../core/clock.js';
import { countdownView, isExpired } from './countdown.js';
import { dropButton } from './legs.js';
import { heldTotal, legDetail, legTitle, legTone, partsOf, priceText } from './trip.js';

/** @param {any} booking @param {{draw: () => void, live: () => void}} how */
export function tripPanel(booking, { draw, live }) {
  if (!booking)
    return h(
      'aside',
      { class: 'card trip-panel', 'aria-label': t('panel.title') },
      h('h2', null, t('panel.title')),
      empty('trip', t('panel.empty'), t('panel.empty_text')),
    );
  const legs = partsOf(booking);
  return h(
    'aside',
    { class: 'card trip-panel stack', 'aria-label': t('panel.title'), 'data-test': 'trip-panel' },
    h('h2', null, t('panel.title')),
    countdownView(booking, draw, { small: true, onExpired: live }),
    legs.length === 0
      ? h('p', { class: 'muted' }, t('panel.no_legs'))
      : h(
          'ul',
          { class: 'stack' },
          legs.map((leg) =>
            h(
              'li',
              { key: leg.id, class: 'panel-leg', 'data-test': 'panel-leg', 'data-status': leg.status },
              icon(leg.kind),
              h(
                'div',
                { class: 'grow stack-tight' },
                h('p', { class: 'strong' }, legTitle(leg.kind, leg.spec)),
                h('p', { class: 'small muted' }, legDetail(leg.kind, leg.spec)),
                h(
                  'p',
                  { class: 'row between' },
                  badge(legTone(leg.status), named('leg_status', leg.status)),
                  h('span', { class: 'figures' }, priceText(leg.price)),
                ),
              ),
              dropButton(booking, leg, draw, live),
            ),
          ),
        ),
    legs.length > 0 &&
      h(
        'p',
        { class: 'row between total' },
        h('span', null, t('trip.total')),
        h('span', { class: 'figures', 'data-test': 'total' }, money(heldTotal(booking))),
      ),
    legs.length > 0 &&
      h(
        'a',
        { class: 'button main wide', href: `#/bookings/${booking.booking_id}`, 'data-test': 'to-trip' },
        t('panel.pay'),
        icon('right'),
      ),
  );
}

/** The same in one line, at the bottom of a small screen. @param {any} booking */
export function tripBar(booking) {
  if (!booking || partsOf(booking).length === 0) return null;
  const { seconds } = timeLeft(booking.deadline, now());
  return h(
    'div',
    { class: 'trip-bar', 'data-test': 'trip-bar' },
    h(
      'p',
      { class: 'grow stack-tight' },
      h('span', { class: 'strong figures' }, money(heldTotal(booking))),
      h(
        'span',
        { class: 'small muted' },
        t('panel.legs', { count: partsOf(booking).length }),
        ' · ',
        h('span', { class: 'figures' }, isExpired(booking) ? t('booking.expired') : clockFace(seconds)),
      ),
    ),
    h('a', { class: 'button main', href: `#/bookings/${booking.booking_id}` }, t('panel.pay'), icon('right')),
  );
}
