// @ts-check
// What came of an act, or would come of it, as keys of words.

/** @typedef {{before: string, after: string, dry_run: boolean, did: {outcome: any}[]}} Report */

/** What becomes of one piece of work. @param {string} act @param {any} outcome the API's word, or `{failed}` */
export function saidOf(act, outcome) {
  if (typeof outcome !== 'string') return 'said.failed';
  if (outcome === 'would_be_done') return `would.${act}`;
  return outcome === 'done' ? `did.${act}` : `said.${outcome}`;
}

/** What becomes of the saga. A redrive promises nothing. @param {string} act @param {Report} report */
export function endOf(act, { before, after, dry_run: isDry }) {
  if (before === after) return isDry ? 'would.stay' : 'did.stay';
  return isDry ? `would.${act}_end` : 'did.end';
}
