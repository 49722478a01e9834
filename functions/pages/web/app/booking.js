// @ts-check
/** One trip, live: held, paid, confirmed, booked; or undone, and why. */
import { announce, hush, toast } from '../core/announce.js';
import { part, post, remove } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { money } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { action, actButton, badge, facts, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go, href } from '../core/route.js';
import { cancelling } from './cancel.js';
import { countdownView, isExpired } from './countdown.js';
import { legsView } from './legs.js';
import { paying } from './pay.js';
import { pageHead, sureDialog } from './shared.js';
import { standKey } from './stand.js';
import { givenBack, isGivingBack, owesNothing, sumsOf } from './sums.js';
import { bookingTone, bookingWord, heldTotal, isOpen, isOver, legTitle, partsOf, reasonView, tripTitle } from './trip.js';

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function bookingPage({ params, draw }) {
  const path = `bookings/${part(params.id)}`;
  const it = { booking: /** @type {any} */ (null), problem: /** @type {any} */ (null), leaving: false };
  const hear = (/** @type {any} */ booking) => {
    if (it.booking) tell(it.booking, booking);
    Object.assign(it, { booking, problem: null });
    document.title = `${tripTitle(booking)} · Holdfast`;
    live?.slow(isOver(booking) ? 15_000 : 2_000);
    draw();
  };
  /** @type {ReturnType<typeof watch> | null} */
  let live = null;
  live = watch(path, hear, {
    onProblem: (problem) => {
      it.problem = problem;
      draw();
    },
  });
  const soon = () => live?.now();
  const pay = paying({ draw, hear, soon, booking: () => it.booking });
  const cancel = cancelling({ draw, hear, soon, booking: () => it.booking });
  const leave = action(draw, async () => {
    const answer = await remove(path);
    it.leaving = false;
    if (answer?.legs) hear(answer);
    soon();
  });
  const again = action(draw, async (key) => {
    const legs = it.booking.legs.map((/** @type {any} */ { id, kind, spec }) => ({ id, kind, spec }));
    const opened = await post(
      'bookings',
      { legs, ...(it.booking.passengers?.length > 0 ? { passengers: it.booking.passengers } : {}) },
      { key },
    );
    go(`#/bookings/${opened.booking_id}`);
  });
  return {
    title: () => (it.booking ? tripTitle(it.booking) : t('trip.plain')),
    stop: () => live?.stop(),
    view: () => {
      const { booking } = it;
      if (!booking) return loadingView(it.problem, soon);
      return [
        headView(booking),
        countdownView(booking, draw, { onExpired: soon }),
        h(
          'div',
          { class: 'beside' },
          h(
            'div',
            { class: 'stack wide-gap' },
            standView(booking, { again, paying: pay.busy() }),
            h(
              'section',
              { class: 'card', 'aria-labelledby': 'legs-title' },
              h(
                'header',
                { class: 'row between' },
                h('h2', { id: 'legs-title' }, t('trip.legs')),
                isOpen(booking) &&
                  !isExpired(booking) &&
                  h(
                    'a',
                    { class: 'button small', href: href('/', { trip: booking.booking_id }), 'data-test': 'add-more' },
                    icon('plus'),
                    t('trip.add'),
                  ),
              ),
              legsView(booking, draw, soon),
            ),
          ),
          h('aside', { class: 'stack wide-gap' }, sumView(booking), pay.view(), cancel.view(), actsView(booking, it, leave, draw)),
        ),
        it.leaving && leaveDialog(it, leave, draw),
      ];
    },
  };
}

/** @param {any} problem @param {() => void} retry */
function loadingView(problem, retry) {
  const gone = problem && !problem.passing;
  return [
    h('h1', { tabindex: '-1' }, t('trip.plain')),
    problem ? problemBox(problem, gone ? null : retry) : h('div', { key: 'loading', class: 'card' }, skeleton(5)),
    gone && h('p', null, h('a', { class: 'button', href: '#/bookings' }, t('trips.title'))),
  ];
}

/** @param {any} booking */
function headView(booking) {
  const shown = isExpired(booking) ? 'expired' : booking.status;
  const stands = badge(bookingTone(shown), bookingWord(shown), { 'data-test': 'status', 'data-status': shown });
  return pageHead({ title: tripTitle(booking), id: booking.booking_id, test: 'booking-id', created: booking.created, stands });
}

const WAY = ['holding', 'awaiting_payment', 'confirming', 'booked'];
/** @type {Record<string, string>} */
const WAY_OF = { paying: 'awaiting_payment' };

/** @type {Record<string, string>} */
const STAND_TONES = {
  declined: 'bad',
  empty: 'warn',
  pending: 'warn',
  booked: 'ok',
  expired: 'bad',
  failed: 'bad',
  needs_attention: 'warn',
  left_over: 'warn',
};
/** @type {Record<string, string>} */
const SIGNS = { ok: 'check', bad: 'alert', warn: 'clock' };

/** How it stands, in words, with what to do. @param {any} booking @param {any} how */
function standView(booking, { again, paying }) {
  const expired = isExpired(booking);
  const status = expired ? 'expired' : booking.status;
  const key = standKey(booking, { expired, paying });
  const tone = STAND_TONES[key] ?? '';
  const sign = SIGNS[tone] ?? 'info';
  const words = standWords(booking, key);
  const undone = ['expired', 'failed', 'cancelled'].includes(status);
  return h(
    'section',
    { class: 'stack', 'aria-label': t('trip.state') },
    WAY.includes(WAY_OF[status] ?? status) && wayView(WAY_OF[status] ?? status, booking),
    h(
      'div',
      { class: `box ${tone}`, 'data-test': 'stand', 'data-stand': key },
      ['paying', 'confirming', 'holding', 'unwinding', 'cancelling'].includes(key)
        ? h('span', { class: 'spinner', 'aria-hidden': 'true' })
        : icon(sign),
      h(
        'div',
        { class: 'stack-tight' },
        h('p', { class: 'strong' }, words.title),
        h('p', null, words.text),
        booking.reason &&
          !['booked', 'expired'].includes(status) &&
          h('div', { class: 'small' }, `${t('trip.reason')} `, reasonView(booking.reason, booking.legs)),
        undone &&
          h(
            'p',
            { class: 'row' },
            actButton(again, { class: 'small', onclick: () => again.go(), 'data-test': 'again' }, icon('again'), t('trip.again')),
            h('a', { class: 'button small', href: '#/' }, t('trip.search')),
          ),
        again.problem && problemBox(again.problem),
      ),
    ),
  );
}

/** How it stands, and what that means for its money. @param {any} booking @param {string} key */
function standWords(booking, key) {
  const sums = sumsOf(booking);
  if (!sums || !['booked', 'cancelled'].includes(key)) {
    const owed = key === 'cancelled' && owesNothing(booking) ? ` ${t('sum.nothing_text')}` : '';
    return { title: t(`stand.${key}.title`), text: `${t(`stand.${key}.text`)}${owed}` };
  }
  const back = sums.refunded.amount > 0 ? t('sum.comes_back', { amount: money(sums.refunded) }) : t('sum.none_back');
  if (key === 'cancelled') return { title: t('stand.cancelled.title'), text: back };
  const what = givenBack(booking).map((leg) => legTitle(leg.kind, leg.spec));
  return { title: t('stand.part_back.title', { what: what.join(', ') }), text: `${back} ${t('stand.part_back.text')}` };
}

/** @param {string} at @param {any} booking */
function wayView(at, booking) {
  const here = WAY.indexOf(at);
  return h(
    'ol',
    { class: 'way', 'data-test': 'way' },
    WAY.map((name, index) => {
      const done = index < here || booking.status === 'booked';
      return h(
        'li',
        { key: name, class: done ? 'done' : index === here ? 'here' : '', 'aria-current': index === here ? 'step' : undefined },
        h('span', { class: 'dot' }, done && icon('check')),
        h('span', null, t(`way.${name}`)),
      );
    }),
  );
}

/** @param {any} booking */
function sumView(booking) {
  const { payment } = booking;
  const sums = sumsOf(booking);
  const [parts, back] = [partsOf(booking), givenBack(booking)];
  const priced = booking.legs.filter((/** @type {any} */ leg) => leg.price && (parts.includes(leg) || back.includes(leg)));
  const name = (/** @type {any} */ leg) => {
    const title = legTitle(leg.kind, leg.spec);
    return back.includes(leg) ? `${title} (${named('leg_status', 'cancelled')})` : title;
  };
  return h(
    'section',
    { class: 'card stack', 'aria-label': t('trip.sum') },
    facts([
      ...priced.map((/** @type {any} */ leg) => [name(leg), money(leg.price), { class: 'amount' }]),
      ...totalRows(booking, sums),
      [t('pay.status'), h('span', { 'data-test': 'payment-status', 'data-status': payment.status }, named('payment', payment.status))],
      payment.reference && [t('pay.reference'), h('span', { class: 'mono' }, payment.reference)],
      booking.passengers?.length > 0 && [t('trip.passengers'), booking.passengers.join(', ')],
    ]),
  );
}

/** @param {any} booking @param {ReturnType<typeof sumsOf>} sums @returns {any[]} */
function totalRows(booking, sums) {
  const total = (/** @type {string} */ name) => h('span', { class: 'total' }, name);
  if (sums) {
    const paid = [t('sum.paid'), money(sums.paid), { class: 'amount', 'data-test': 'paid' }];
    if (isGivingBack(booking)) return [paid, [t('pay.refunded'), t('sum.coming'), { class: 'muted', 'data-test': 'refund-coming' }]];
    return [
      paid,
      [t('pay.refunded'), money({ ...sums.refunded, amount: 0 - sums.refunded.amount }), { class: 'amount', 'data-test': 'refunded' }],
      [total(t('sum.remains')), money(sums.remains), { class: 'amount total', 'data-test': 'total' }],
    ];
  }
  if (owesNothing(booking)) return [[total(t('trip.total')), t('sum.nothing'), { class: 'strong', 'data-test': 'total' }]];
  return [[total(t('trip.total')), money(heldTotal(booking)), { class: 'amount total', 'data-test': 'total' }]];
}

/** @param {any} booking @param {any} it @param {any} leave @param {() => void} draw */
function actsView(booking, it, leave, draw) {
  const ask = () => {
    it.leaving = true;
    leave.forget();
    draw();
  };
  const mayLeave = booking.actions.includes('cancel') && booking.status !== 'booked' && !isExpired(booking);
  return h(
    'p',
    { class: 'row no-print' },
    booking.status === 'booked' &&
      h('button', { type: 'button', onclick: () => print(), 'data-test': 'print' }, icon('print'), t('trip.print')),
    mayLeave && h('button', { type: 'button', class: 'danger', onclick: ask, 'data-test': 'leave' }, icon('close'), t('trip.leave')),
  );
}

/** @param {any} it @param {any} leave @param {() => void} draw */
function leaveDialog(it, leave, draw) {
  const close = () => {
    it.leaving = false;
    draw();
  };
  return sureDialog({
    act: leave,
    title: t('trip.leave'),
    text: t('trip.leave_text'),
    keep: t('trip.keep'),
    onKeep: close,
    test: 'leave',
  });
}

/** Changes are spoken, and the ends of things shown. @param {any} before @param {any} booking */
function tell(before, booking) {
  for (const leg of booking.legs) {
    const old = before.legs.find((/** @type {any} */ each) => each.id === leg.id);
    if (old && old.status !== leg.status) announce(`${legTitle(leg.kind, leg.spec)}: ${named('leg_status', leg.status)}`);
  }
  const tried = before.payment.status !== booking.payment.status || before.payment.attempts !== booking.payment.attempts;
  if (tried && booking.payment.status === 'declined')
    toast(t('stand.declined.title'), { kind: 'bad', topic: 'trip' });
  if (before.status === booking.status) return;
  if (isOver(booking)) hush('trip');
  const kind = booking.status === 'booked' ? 'ok' : booking.status === 'failed' ? 'bad' : 'info';
  const { title, text } = standWords(booking, booking.status);
  if (isOver(booking)) toast(sumsOf(booking) ? `${title} ${text}` : title, { kind, topic: 'trip' });
  else announce(t(`stand.${booking.status}.title`));
}
