// @ts-check
/** The legs of a trip, each with how it stands at this moment. */
import { announce, toast } from '../core/announce.js';
import { part, remove } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { named, t } from '../core/i18n.js';
import { action, actButton, badge } from '../core/parts.js';
import { sentence } from '../core/problem.js';
import { givenBack, isGivingBack } from './sums.js';
import { legDetail, legTitle, legTone, priceText, reasonView, refundText } from './trip.js';

const OVER = ['booked', 'expired', 'cancelled', 'failed'];

/** One act for each leg, for as long as the application is open. @type {Map<string, ReturnType<typeof action>>} */
const drops = new Map();

/** @param {any} booking @param {any} leg @param {() => void} draw @param {() => void} live */
export function dropButton(booking, leg, draw, live) {
  const under = booking.under_way === `drop_leg ${leg.id}`;
  if (!under && !booking.actions.includes('drop_leg')) return null;
  if (!under && leg.status !== 'held') return null;
  const name = `${booking.booking_id} ${leg.id}`;
  const act = drops.get(name) ?? action(draw, () => remove(`bookings/${part(booking.booking_id)}/legs/${part(leg.id)}`));
  drops.set(name, act);
  const what = legTitle(leg.kind, leg.spec);
  const drop = async () => {
    if (await act.go()) announce(t('leg.dropping', { what }));
    else if (act.problem) toast(sentence(act.problem), { kind: 'bad' });
    live();
  };
  return actButton(
    { busy: act.busy || under, slow: act.slow },
    { class: 'quiet square', onclick: drop, title: t('leg.drop'), 'data-test': 'drop' },
    !(act.busy || under) && icon('bin'),
    h('span', { class: 'aside-voice' }, t('leg.drop_what', { what })),
  );
}

/** It was paid for, and its supplier is asked to take it back. @param {any} booking @param {any} leg */
const isLeaving = (booking, leg) => isGivingBack(booking) && leg.status === 'confirmed' && Boolean(leg.reason);

/** What was paid for and cancelled reads otherwise than what was taken out before. @param {any} booking @param {any} leg @param {any[]} back */
function statusShown(booking, leg, back) {
  if (leg.status === 'pending' && OVER.includes(booking.status)) return 'never';
  if (isLeaving(booking, leg)) return 'cancelling';
  if (back.includes(leg)) return 'cancelled';
  return leg.status === 'released' && leg.reason === 'dropped by the traveller' ? 'taken_out' : leg.status;
}

/** @param {any} booking @param {any} leg @param {any[]} back */
const reasonShown = (booking, leg, back) =>
  back.includes(leg) || isLeaving(booking, leg) ? t('reason.given_back') : reasonView(leg.reason);

/** @param {any} booking @param {() => void} draw @param {() => void} live */
export function legsView(booking, draw, live) {
  const back = givenBack(booking);
  return h(
    'ul',
    { class: 'legs', 'data-test': 'legs' },
    booking.legs.map((/** @type {any} */ leg) => {
      const gone = ['released', 'refused'].includes(leg.status);
      const drop = dropButton(booking, leg, draw, live);
      return h(
        'li',
        { key: leg.id, class: `leg${gone ? ' gone' : ''}`, 'data-test': 'leg', 'data-leg': leg.id, 'data-status': leg.status },
        h('span', { class: 'sign' }, icon(leg.kind)),
        h(
          'div',
          { class: 'grow stack-tight' },
          h('h3', null, legTitle(leg.kind, leg.spec)),
          h('p', { class: 'muted' }, legDetail(leg.kind, leg.spec)),
          leg.reference &&
            !gone &&
            h(
              'p',
              { class: 'small' },
              `${t('leg.reference')} `,
              h('span', { class: 'mono strong', 'data-test': 'reference' }, leg.reference),
            ),
          !gone && leg.refund && h('p', { class: 'small muted' }, refundText(leg.refund)),
          leg.reason && h('div', { class: 'small muted' }, `${t('trip.reason')} `, reasonShown(booking, leg, back)),
        ),
        h(
          'div',
          { class: 'leg-state' },
          badge(legTone(leg.status), named('leg_status', statusShown(booking, leg, back)), { 'data-test': 'leg-status' }),
          h('p', { class: 'figures strong' }, gone && !leg.price ? '' : priceText(leg.price)),
        ),
        drop && h('div', { class: 'leg-act' }, drop),
      );
    }),
  );
}
