// @ts-check
/**
 * What is shown is kept as it is on the server: asked for again and again with `If-None-Match`, at once when the page is looked at again,
 * and at once when the server's push names it.
 */
import { call } from './api.js';
import { pause } from './backoff.js';
import { Problem } from './http.js';
import { onPush, pushed } from './push.js';
import { current, onSession } from './session.js';

/** @typedef {{path: string, onChange: (body: any) => void, onProblem: (problem: Problem) => void, every?: number, gap: number, asked: number, etag: string | null, failures: number, retryAfter: number | null, timer: any, busy: boolean, again: boolean, ended: boolean}} Watch */
/** @type {Set<Watch>} */
const watches = new Set();
/** @type {Array<() => void>} */
const listeners = [];
let lost = false;

/** Whether the server has stopped answering. */
export const connectionLost = () => lost;
/** @param {() => void} listener */
export const onConnection = (listener) => void listeners.push(listener);

/**
 * Keeps asking for `path` and calls `onChange` with the body: at first, and whenever it changes.
 * `onProblem` hears each failure. The watch goes on after one that may pass (`problem.passing`) and ends with any other (404, 403, …).
 * `gap` is the least time from one question to the next, however much is pushed: for what is dear to answer.
 * @param {string} path @param {(body: any) => void} onChange
 * @param {{every?: number, gap?: number, onProblem?: (problem: Problem) => void}} [how]
 */
export function watch(path, onChange, { every, gap = 0, onProblem = () => {} } = {}) {
  /** @type {Watch} */
  const it = {
    path,
    onChange,
    onProblem,
    every,
    gap,
    asked: -Infinity,
    etag: null,
    failures: 0,
    retryAfter: null,
    timer: null,
    busy: false,
    again: false,
    ended: false,
  };
  watches.add(it);
  ask(it);
  return {
    /** Asks at once: after an act of the reader. */
    now: () => ask(it),
    stop: () => end(it),
    /** Another pause between two questions, for what has come to rest. @param {number} pause */
    slow: (pause) => void (it.every = pause),
  };
}

/** @param {Watch} it */
function end(it) {
  it.ended = true;
  clearTimeout(it.timer);
  watches.delete(it);
  tell();
}

/** @param {Watch} it */
async function ask(it) {
  if (it.ended || !current()) return;
  if (it.busy) return void (it.again = true);
  it.busy = true;
  it.asked = performance.now();
  clearTimeout(it.timer);
  try {
    const answer = await call(it.path, { etag: it.etag, quiet: true });
    if (it.ended) return;
    it.failures = 0;
    it.etag = answer.etag;
    if (answer.status !== 304) it.onChange(answer.body);
  } catch (error) {
    if (it.ended) return;
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) return;
    if (!error.passing) end(it);
    it.failures += 1;
    it.retryAfter = error.retryAfter;
    it.onProblem(error);
  } finally {
    it.busy = false;
    tell();
    if (!it.ended) plan(it);
  }
}

/** @param {Watch} it */
function plan(it) {
  clearTimeout(it.timer);
  const wait = it.again
    ? Math.max(0, it.asked + it.gap - performance.now())
    : pause({ failures: it.failures, every: it.every, hidden: document.hidden, pushed: pushed(), retryAfter: it.retryAfter });
  it.again = false;
  it.timer = setTimeout(() => ask(it), wait);
}

/** @param {Watch} it */
function hear(it) {
  it.again = true;
  if (!it.busy) plan(it);
}

/** Two failures in a row are more than a hiccup. */
function tell() {
  const now = !navigator.onLine || [...watches].some((it) => it.failures >= 2);
  if (now === lost) return;
  lost = now;
  for (const listener of listeners) listener();
}

/** Asks for all that is shown. */
export function askAll() {
  for (const it of watches) ask(it);
}

document.addEventListener('visibilitychange', () => !document.hidden && askAll());
addEventListener('online', askAll);
addEventListener('offline', tell);
addEventListener('pageshow', (event) => event.persisted && askAll());
onSession((session) => session && askAll());
onPush((named) => {
  for (const it of watches) if (!named || it.path.includes(named.id) || !/\/[^/]+/.test(it.path)) hear(it);
});
