// @ts-check
// One act on many sagas: a few at a time, each tried again a little later where that may help.

const AT_ONCE = 3;
const TRIES = 4;
/** Each pause is twice the one before; the server's own word counts more. */
const PAUSE = 1000;

/**
 * @template T
 * @typedef {{item: T, state: 'waits'|'runs'|'done'|'failed'|'left', answer: any, problem: any}} Outcome
 */

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<any>} each
 * @param {{onChange?: () => void, isGood?: (answer: any) => boolean, sleep?: (ms: number) => Promise<void>, atOnce?: number}} [how]
 */
export function bulk(items, each, { onChange = () => {}, isGood = () => true, sleep = pause, atOnce = AT_ONCE } = {}) {
  /** @type {Outcome<T>[]} */
  const outcomes = items.map((item) => ({ item, state: 'waits', answer: null, problem: null }));
  let stopped = false;
  const one = async (/** @type {Outcome<T>} */ outcome) => {
    outcome.state = 'runs';
    onChange();
    for (let attempt = 1; outcome.state === 'runs'; attempt += 1) {
      try {
        const answer = await each(outcome.item);
        Object.assign(outcome, { answer, problem: null, state: isGood(answer) ? 'done' : 'failed' });
      } catch (problem) {
        outcome.problem = problem;
        if (!problem?.passing || attempt >= TRIES || stopped) outcome.state = 'failed';
        else await sleep(Math.max(PAUSE * 2 ** (attempt - 1), (problem.retryAfter ?? 0) * 1000));
      }
    }
    onChange();
  };
  const worker = async () => {
    for (;;) {
      const next = outcomes.find((outcome) => outcome.state === 'waits');
      if (!next) return;
      if (stopped) next.state = 'left';
      else await one(next);
    }
  };
  const finished = Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker)).then(() => {
    onChange();
    return outcomes;
  });
  return {
    outcomes,
    finished,
    /** Begins no other one; those that have begun come to their end. */
    stop: () => void (stopped = true),
    count: () => outcomes.filter((outcome) => !['waits', 'runs'].includes(outcome.state)).length,
    of: (/** @type {string} */ state) => outcomes.filter((outcome) => outcome.state === state),
  };
}

const pause = (/** @type {number} */ ms) => new Promise((resolve) => void setTimeout(resolve, ms));
