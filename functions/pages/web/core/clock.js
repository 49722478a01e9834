// @ts-check
/**
 * The server's clock. Each answer says when the server wrote it; the browser contributes a stopwatch only.
 * An answer was written between the sending of its request and its arrival, so each bounds the difference of the two clocks.
 * The narrowest of the last bounds wins. A bound that contradicts it (the computer slept) starts afresh.
 */

const KEPT = 8;
/** Tolerance for a stopwatch that is not quite even, in milliseconds. */
const SLACK = 50;

/** @param {() => number} stopwatch @param {() => number} fallback */
export function serverClock(stopwatch, fallback) {
  /** @type {Array<{low: number, high: number}>} */
  let bounds = [];
  const offset = () => {
    const best = bounds.reduce((a, b) => (b.high - b.low < a.high - a.low ? b : a));
    return (best.low + best.high) / 2;
  };
  return {
    /** Takes what an answer said. @param {string | null | undefined} said @param {number} sent @param {number} received */
    observe(said, sent, received) {
      const at = said ? Date.parse(said) : NaN;
      if (Number.isNaN(at)) return;
      const bound = { low: at - received, high: at - sent };
      const known = bounds.length > 0 ? offset() : bound.low;
      if (known < bound.low - SLACK || known > bound.high + SLACK) bounds = [];
      bounds = [...bounds, bound].slice(-KEPT);
    },
    /** Milliseconds since 1970, as the server counts them. */
    now: () => (bounds.length > 0 ? stopwatch() + offset() : fallback()),
    /** Whether a server has told its time. */
    known: () => bounds.length > 0,
  };
}

const clock = serverClock(
  () => performance.now(),
  () => Date.now(),
);
export const { observe, now } = clock;

/** How long until a deadline. The seconds shown are rounded up: 0 is shown at the deadline, not before. @param {string} deadline @param {number} at */
export function timeLeft(deadline, at) {
  const left = Math.max(0, Date.parse(deadline) - at);
  const seconds = Math.ceil(left / 1000);
  return { left, seconds, expired: left === 0, urgent: left > 0 && left <= 60_000, next: left === 0 ? 0 : left - (seconds - 1) * 1000 };
}

/** 754 becomes `12:34`, 3754 `1:02:34`. @param {number} seconds */
export function clockFace(seconds) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/** Calls back at each change of the seconds shown, and at the deadline for the last time. @param {string} deadline @param {(left: ReturnType<typeof timeLeft>) => void} onTick */
export function countDown(deadline, onTick) {
  /** @type {any} */
  let timer;
  const tick = () => {
    const left = timeLeft(deadline, now());
    onTick(left);
    if (!left.expired) timer = setTimeout(tick, Math.min(left.next + 5, 1000));
  };
  tick();
  return { stop: () => clearTimeout(timer) };
}
