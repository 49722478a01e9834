// @ts-check
// What came of an act, or would come of it, as keys of words.
import { sagaTone } from './statuses.js';

/** @typedef {{before: string, after: string, dry_run: boolean, did: {outcome: any}[]}} Report */

/** What becomes of one piece of work. @param {string} act @param {any} outcome the API's word, or `{failed}` */
export function saidOf(act, outcome) {
  if (typeof outcome !== 'string') return 'said.failed';
  if (outcome === 'would_be_done') return `would.${act}`;
  return outcome === 'done' ? `did.${act}` : `said.${outcome}`;
}

/**
 * The saga's status at its end. One that is undone is at its good end here: `failed` alone reads as if the act had failed.
 * What is abandoned is not undone.
 * @param {string} act @param {string} kind @param {string} after
 */
export function afterOf(act, kind, after) {
  if (act === 'abandon' || sagaTone(after) !== 'undone') return null;
  return after === 'failed' ? `end.${kind}` : 'end.undone';
}

/** @typedef {{state: string, answer: any}} Outcome */

/** How a run stands: nothing that is only asked for, or has failed, counts as done. @param {Outcome[]} outcomes */
export function sumOf(outcomes) {
  const counts = { done: 0, asked: 0, failed: 0, left: 0 };
  for (const { state, answer } of outcomes) {
    const isAsked = state === 'done' && answer?.did.some((/** @type {any} */ did) => did.outcome === 'asked');
    const of = isAsked ? 'asked' : state;
    if (of in counts) counts[/** @type {keyof typeof counts} */ (of)] += 1;
  }
  return Object.entries(counts).filter(([, count]) => count > 0).map(([of, count]) => ({ key: `sum.${of}`, count }));
}

/** What becomes of the saga. A redrive promises nothing. @param {string} act @param {Report} report */
export function endOf(act, { before, after, dry_run: isDry }) {
  if (before === after) return isDry ? 'would.stay' : 'did.stay';
  return isDry ? `would.${act}_end` : 'did.end';
}
