// @ts-check
// What a status means for its colour and its place: the words of bookings, legs, payments, orders and steps.

/** @typedef {'wait'|'doing'|'good'|'bad'|'doubt'|'undoing'|'undone'|'stuck'|'none'} Tone */

/** @type {Record<string, Tone>} */
const OF_SAGAS = {
  holding: 'doing', awaiting_payment: 'wait', paying: 'doing', confirming: 'doing', booked: 'good',
  cancelling: 'undoing', unwinding: 'undoing', expired: 'undone', cancelled: 'undone', failed: 'undone',
  needs_attention: 'stuck',
  pending: 'doing', created: 'doing', invoiced: 'doing', shipped: 'doing', completed: 'good',
};

/** @type {Record<string, Tone>} */
const OF_PARTS = {
  pending: 'wait', held: 'doing', confirmed: 'good', refused: 'bad', released: 'undone',
  release_failed: 'stuck', unknown: 'doubt',
  none: 'none', authorized: 'doing', captured: 'good', declined: 'bad', voided: 'undone', refunded: 'undone',
  partly_refunded: 'undone',
  normal_pending: 'wait', normal_running: 'doing', normal_success: 'good', normal_failed: 'bad',
  normal_skipped: 'none', compensate_compensating: 'undoing', compensate_compensated: 'undone',
  compensate_failed: 'stuck',
};

export const KINDS = ['booking', 'order'];

/** The statuses of each kind of saga, in the order in which they come. */
export const STATUSES = {
  booking: ['holding', 'awaiting_payment', 'paying', 'confirming', 'booked', 'cancelling', 'unwinding', 'needs_attention', 'expired', 'cancelled', 'failed'],
  order: ['pending', 'created', 'invoiced', 'shipped', 'completed', 'cancelling', 'needs_attention', 'cancelled', 'failed'],
};

/** A filter with a change. A status that the kind does not have goes. @param {{kind: string, status: string}} wanted @param {Record<string, string>} change */
export function wantedOf(wanted, change) {
  const next = { ...wanted, ...change };
  const known = STATUSES[/** @type {keyof typeof STATUSES} */ (next.kind)];
  return known && !known.includes(next.status) ? { ...next, status: '' } : next;
}

/** One word for `normal pending` of an order's step and `held` of a leg. @param {string} status */
export const word = (status) => status.replaceAll(' ', '_');

/** @param {string} status @returns {Tone} */
export const sagaTone = (status) => OF_SAGAS[status] ?? 'doing';

/** @param {string} status @param {boolean} [isPayment] @returns {Tone} */
export function partTone(status, isPayment = false) {
  const known = word(status);
  return isPayment && known === 'pending' ? 'doing' : OF_PARTS[known] ?? 'doing';
}

/** Nothing happens by itself any more. @param {string} status */
export const isFinal = (status) => ['good', 'undone'].includes(sagaTone(status));

/** @param {Tone} tone */
export const isUndo = (tone) => tone === 'undoing' || tone === 'undone' || tone === 'stuck';
