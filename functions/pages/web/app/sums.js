// @ts-check
/** What a trip costs now, what was paid for it, and which of its parts were given back after that. */

/** @typedef {{amount: number, currency: string}} Money */
const PAID = ['captured', 'partly_refunded', 'refunded'];
const FREE = ['none', 'declined', 'voided'];
/** A trip that waits for our staff was paid for, or is being undone. */
const UNDONE = ['expired', 'failed', 'cancelled', 'needs_attention'];
/** More parts than this would take long to compare; no trip has as many. */
const MOST_PARTS = 12;

/** Whether its money was taken, be it given back since or not. @param {any} booking */
export const isPaid = (booking) => PAID.includes(booking.payment.status);
/** It is undone, and no money was taken. @param {any} booking */
export const owesNothing = (booking) => UNDONE.includes(booking.status) && FREE.includes(booking.payment.status);

/** Some of it is being given back, and the refund is not made yet. @param {any} booking */
export const isGivingBack = (booking) => booking.status === 'cancelling';

/** @param {any} leg */
const isGone = (leg) => ['released', 'refused'].includes(leg.status);
/** @param {any[]} legs */
const sumOf = (legs) => legs.reduce((sum, leg) => sum + (leg.price?.amount ?? 0), 0);

/**
 * Parts that were paid for and given back since. What was paid is the price of these and of those that are still in the trip;
 * what was taken out before the payment is in no sum.
 * @param {any} booking @returns {any[]}
 */
export function givenBack(booking) {
  if (!isPaid(booking) || !booking.total) return [];
  const gone = booking.legs.filter((/** @type {any} */ leg) => isGone(leg) && leg.price);
  const missing = booking.total.amount - sumOf(booking.legs.filter((/** @type {any} */ leg) => !isGone(leg)));
  if (missing <= 0 || gone.length === 0) return [];
  if (sumOf(gone) === missing || gone.length > MOST_PARTS) return gone;
  for (let chosen = 1; chosen < 2 ** gone.length; chosen += 1) {
    const some = gone.filter((_, index) => (chosen >> index) % 2 === 1);
    if (sumOf(some) === missing) return some;
  }
  return gone;
}

/** Paid, refunded and what remains, where any of it was given back. @param {any} booking @returns {{paid: Money, refunded: Money, remains: Money} | null} */
export function sumsOf(booking) {
  const { payment, total } = booking;
  if (!isPaid(booking) || !total) return null;
  const back = payment.refunded?.amount ?? (payment.status === 'refunded' ? total.amount : 0);
  if (back === 0 && givenBack(booking).length === 0) return null;
  const of = (/** @type {number} */ amount) => ({ ...total, amount });
  return { paid: total, refunded: of(back), remains: of(total.amount - back) };
}
