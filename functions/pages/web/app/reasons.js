// @ts-check
/** Why something is not a part of a trip or an order: a sentence where the shape of the reason is known. */

/** @typedef {{key: string, values?: Record<string, string>, part?: string, rest?: string}} Reason */

/** @type {Array<[RegExp, string]>} */
const SHAPES = [
  [/^sold out\b/, 'sold_out'],
  [/: \d+ wanted, (?<left>\d+) left$/, 'short'],
  [/^more than the limit of (?<limit>.+)$/, 'limit'],
  [/^(insufficient (funds|balance))$/, 'insufficient funds'],
  [/^no such account$/, 'no_account'],
  [/^(card )?declined\b|^the payment was declined$/, 'card declined'],
  [/^refused, as scripted$/, 'refused'],
  [/\bwas not decided in time$/, 'undecided'],
  [/^not completed by /, 'late'],
  [/^the hold ended at /, 'hold_over'],
  [/^(cancelled by the customer|dropped by the traveller|the traveller gave the booked trip back)$/, ''],
];
/** @type {Record<string, string>} */
const ERRORS = {
  Refused: 'refused',
  Declined: 'card declined',
  HoldExpired: 'hold_over',
  Cancelled: 'given_up',
  Unavailable: 'no_answer',
  SupplierDown: 'no_answer',
  'States.Timeout': 'no_answer',
};
/** What concerns the trip as a whole, and not a part that failed. */
const OF_THE_TRIP = ['hold_over', 'given_up', 'the traveller gave the booked trip back'];
const UNDONE = 'the trip is undone';

/**
 * The words for a reason, after `reason.`; `part` is the id of the leg that it is about, `rest` what is left of a reason without words of its own.
 * `confirm hotel: Refused: sold out` names the step, the error and the message.
 * @param {string} reason @returns {Reason}
 */
export function reasonOf(reason) {
  if (reason.startsWith(UNDONE)) {
    const why = reasonOf(reason.slice(UNDONE.length).replace(/^: /, ''));
    return OF_THE_TRIP.includes(why.key) ? { key: why.key } : { key: 'undone' };
  }
  const [, step = '', error = '', rest = ''] = /^(?:([a-z_]+(?: [\w.-]+)?): (?=[A-Z]))?(?:([A-Z][A-Za-z]*(?:\.[A-Z][A-Za-z]*)?)(?:: |$))?(.*)$/s.exec(reason) ?? [];
  const part = /^(?:hold|confirm|release|leg) (.+)$/.exec(step)?.[1];
  const shape = SHAPES.find(([pattern]) => pattern.test(rest));
  if (shape) return { key: shape[1] || rest, values: { ...shape[0].exec(rest)?.groups }, part };
  return { key: ERRORS[error] ?? 'other', part, rest };
}
