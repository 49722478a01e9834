// @ts-check
/** What a trip and its legs are called, and how their statuses look. */
import { h } from '../core/dom.js';
import { cut, day, dayShort, money, percent } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { placeName } from './places.js';
import { reasonOf } from './reasons.js';
import { isPaid, owesNothing, sumsOf } from './sums.js';

/** @typedef {import('../core/parts.js').Tone} Tone */
export const KINDS = /** @type {const} */ (['flight', 'hotel', 'car', 'train', 'insurance']);

/** @type {Record<string, Tone>} */
const BOOKING_TONES = {
  holding: 'info',
  awaiting_payment: 'warn',
  paying: 'info',
  confirming: 'info',
  booked: 'ok',
  cancelling: 'info',
  unwinding: 'info',
  expired: 'bad',
  cancelled: 'calm',
  failed: 'bad',
  needs_attention: 'warn',
};
/** @type {Record<string, Tone>} */
const LEG_TONES = {
  pending: 'info',
  held: 'ok',
  confirmed: 'ok',
  refused: 'bad',
  released: 'calm',
  release_failed: 'warn',
  unknown: 'warn',
};

/** @param {string} status */
export const bookingTone = (status) => BOOKING_TONES[status] ?? 'calm';
/** @param {string} status */
export const legTone = (status) => LEG_TONES[status] ?? 'calm';
/** @param {string} status */
export const bookingWord = (status) => named('booking', status);

/** A trip that can still be changed. @param {any} booking */
export const isOpen = (booking) => ['holding', 'awaiting_payment'].includes(booking.status);
/** Nothing more happens by itself. @param {any} booking */
export const isOver = (booking) => ['booked', 'expired', 'cancelled', 'failed'].includes(booking.status);
/** Legs that are a part of the trip, or may become one. @param {any} booking @returns {any[]} */
export const partsOf = (booking) => booking.legs.filter((/** @type {any} */ leg) => !['released', 'refused'].includes(leg.status));

/** @param {string} kind @param {any} spec */
export function legTitle(kind, spec) {
  if (spec.to && spec.date) return t('leg.route', { from: placeName(spec.from), to: placeName(spec.to) });
  return kind === 'insurance' ? t('leg.insurance') : t(`leg.${kind}_in`, { city: placeName(spec.city ?? '') });
}

/** @param {string} kind @param {any} spec */
export function legDetail(kind, spec) {
  const people = spec.passengers ?? spec.guests ?? spec.travellers;
  const days = spec.date ? [day(spec.date)] : [span(spec)];
  const nights = kind === 'hotel' ? [t('leg.nights', { count: daysBetween(spec.check_in, spec.check_out) })] : [];
  return [...days, ...nights, ...(people ? [t('leg.people', { count: people })] : [])].join(' · ');
}

/** @param {any} spec */
function span(spec) {
  const [first, last] = [spec.check_in ?? spec.pick_up ?? spec.from, spec.check_out ?? spec.drop_off ?? spec.to];
  return `${dayShort(first)} – ${day(last)}`;
}

/** @param {string} first @param {string} last */
export const daysBetween = (first, last) => Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);

/** What comes back if it is given back. @param {any} refund */
export function refundText(refund) {
  if (!refund || refund.percent === 0 || !refund.until) return t('refund.none');
  return t(refund.percent === 100 ? 'refund.full' : 'refund.part', { percent: percent(refund.percent), until: dayShort(refund.until) });
}

/** Where a trip leads: its title. @param {any} booking */
export function tripTitle(booking) {
  const legs = partsOf(booking).length > 0 ? partsOf(booking) : booking.legs;
  const travel = legs.find((/** @type {any} */ leg) => leg.spec.to && leg.spec.date);
  const stay = legs.find((/** @type {any} */ leg) => leg.spec.city);
  const city = travel?.spec.to ?? stay?.spec.city;
  return city ? t('trip.to', { city: placeName(city) }) : t('trip.plain');
}

/** What the legs that are held cost together. @param {any} booking */
export function heldTotal(booking) {
  const prices = partsOf(booking)
    .map((leg) => leg.price)
    .filter(Boolean);
  if (prices.length === 0) return booking.total ?? null;
  return { amount: prices.reduce((sum, price) => sum + price.amount, 0), currency: prices[0].currency };
}

/** What the trip costs as it stands now; `null` where nothing is owed for it. @param {any} booking */
export function costNow(booking) {
  if (owesNothing(booking)) return null;
  return sumsOf(booking)?.remains ?? (isPaid(booking) ? booking.total : heldTotal(booking));
}

/**
 * Why, in the reader's words. A reason without words of its own is told below the sentence, where the reader asks for it.
 * @param {string | null | undefined} reason @param {any[]} [legs] those of its trip, to name the one that it is about
 */
export function reasonView(reason, legs = []) {
  if (!reason) return null;
  const { key, values, part, rest } = reasonOf(reason);
  const leg = legs.find((each) => each.id === part);
  return [
    leg ? `${legTitle(leg.kind, leg.spec)}: ` : '',
    t(`reason.${key}`, { ...values }),
    rest ? h('details', null, h('summary', null, t('reason.details')), h('q', { class: 'own-words' }, cut(rest, 200))) : null,
  ];
}
/** @param {any} price */
export const priceText = (price) => (price ? money(price) : t('price.pending'));
