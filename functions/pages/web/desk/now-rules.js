// @ts-check
// What the page of the last hour makes of the API's figures, breakers and timers. Knows nothing of drawing.
import { STATUSES } from './statuses.js';

const MINUTE = 60_000;
/** Below this many a minute the bars do not fill their height: one booking is no peak. */
const LEAST_TOP = 5;

/**
 * @typedef {{kind: string, begun: number, per_minute: number[], statuses: Record<string, number>, is_complete: boolean}} Figures
 * @typedef {'closed' | 'open' | 'half_open'} BreakerState
 * @typedef {{service: string, supplier: string, state: BreakerState, failures: number, last_failure: string | null, until: string | null}} Breaker
 * @typedef {{saga_id: string, saga_name: string, status: string, deadline: string, state: 'running' | 'paused', generation: number, lease_until: string | null}} Timer
 */

/** A bar for each minute, the oldest first, with its height as a share. @param {Figures} figures @param {string} from */
export function barsOf({ per_minute }, from) {
  const top = Math.max(LEAST_TOP, ...per_minute);
  return per_minute.map((count, index) => ({ at: Date.parse(from) + index * MINUTE, count, share: count / top }));
}

/** The minute in which most began, the last of several. @param {ReturnType<typeof barsOf>} bars */
export const peakOf = (bars) => bars.reduce((peak, bar) => (bar.count >= peak.count ? bar : peak), { at: 0, count: 0, share: 0 });

/** How many began within the last minutes. @param {Figures} figures @param {number} minutes */
export const lately = ({ per_minute }, minutes) => per_minute.slice(-minutes).reduce((sum, count) => sum + count, 0);

/** The statuses that there are, in the order in which sagas come to them. @param {Figures} figures */
export function outcomesOf({ kind, statuses }) {
  const known = STATUSES[/** @type {keyof typeof STATUSES} */ (kind)] ?? [];
  const order = [...known, ...Object.keys(statuses).filter((status) => !known.includes(status))];
  return order.filter((status) => statuses[status] > 0).map((status) => ({ status, count: statuses[status] }));
}

/** @param {Breaker} breaker */
export const nameOf = ({ service, supplier }) => `${service}/${supplier}`;

const RANKS = { open: 0, half_open: 1, closed: 2 };
const untilOf = (/** @type {Breaker} */ { until }) => (until ? Date.parse(until) : Infinity);

/** Those that hold calls up first, the next to try on top; then those that count failures. @param {Breaker[]} breakers */
export const byConcern = (breakers) =>
  [...breakers].sort((a, b) => RANKS[a.state] - RANKS[b.state] || (untilOf(a) < untilOf(b) ? -1 : untilOf(a) > untilOf(b) ? 1 : 0) || b.failures - a.failures);

/** The breakers whose state is another one than before. @param {Breaker[] | undefined} before @param {Breaker[]} after */
export function turned(before, after) {
  const known = new Map((before ?? []).map((breaker) => [nameOf(breaker), breaker.state]));
  return after.filter((breaker) => (known.get(nameOf(breaker)) ?? breaker.state) !== breaker.state);
}

/** When a timer is looked at next: a payment that lasts longer puts the deadline off. @param {Timer} timer */
const dueOf = ({ deadline, lease_until: lease }) => Math.max(Date.parse(deadline), lease ? Date.parse(lease) : 0);

/** The first page is live: a later line that belongs before its end has gone. @param {Timer[]} lines @param {{timers: Timer[], next: string | null} | null} first */
export function stillRunning(lines, first) {
  if (!first) return [];
  const live = new Set(first.timers);
  const end = first.next ? Math.max(0, ...first.timers.map(dueOf)) : Infinity;
  return lines.filter((timer) => live.has(timer) || dueOf(timer) >= end);
}

/** Whether one of these moments came to pass between two looks at the clock. @param {Array<string | null>} moments @param {number} before @param {number} now */
export const cameToPass = (moments, before, now) => moments.some((moment) => moment !== null && Date.parse(moment) > before && Date.parse(moment) <= now);

/** So long, in milliseconds, a part of the page waits for those above it. */
const PATIENCE = 3_000;

/**
 * The parts that are shown: down to the first that has neither come nor failed. What is below it would be pushed down when it comes.
 * @template {{it: {body: any, problem: any}}} Part @param {Part[]} parts @param {number} waited how long the page has been open @returns {Part[]}
 */
export function shownOf(parts, waited) {
  const missing = parts.findIndex(({ it }) => !it.body && !it.problem);
  return missing < 0 || waited >= PATIENCE ? parts : parts.slice(0, missing + 1);
}
