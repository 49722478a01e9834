// @ts-check
/** How a trip stands at this moment: the name of the words that say it. */
import { owesNothing } from './sums.js';

/** A payment that was just made counts before the answer to the one before it. @param {any} booking @param {{expired: boolean, paying: boolean}} how @returns {string} */
export function standKey(booking, { expired, paying }) {
  if (expired) return 'expired';
  const { status, payment, legs } = booking;
  if (status === 'paying' && payment.status === 'pending') return paying ? 'paying' : 'pending';
  if (status === 'needs_attention' && owesNothing(booking)) return 'left_over';
  if (status !== 'awaiting_payment') return status;
  if (legs.every((/** @type {any} */ leg) => ['released', 'refused'].includes(leg.status))) return 'empty';
  if (paying || booking.under_way === 'pay') return 'paying';
  return payment.status === 'declined' ? 'declined' : status;
}
