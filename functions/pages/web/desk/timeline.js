// @ts-check
// A saga's history as rows: first the saga itself, then a row for each step, with what was done and
// undone one after the other.
import { standings } from './fold.js';
import { isFinal, isUndo, partTone, sagaTone } from './statuses.js';

/**
 * @typedef {{from: number, to: number, open: boolean, status: string, tone: import('./statuses.js').Tone,
 *   undo: boolean, event: number}} Segment
 * @typedef {{at: number, event: number, name: string}} Mark
 * @typedef {{name: string, topic: string, isSaga: boolean, attempts: number, retries: number,
 *   segments: Segment[], marks: Mark[]}} Row
 */

/** What undoing leaves as it is until it is done; bookings tell no beginning of it. */
const TO_UNDO = ['pending', 'held', 'confirmed', 'unknown', 'authorized', 'captured'];
/** Each of these begins a try. */
const TRIES = ['step_started', 'step_retried', 'step_undoing', 'payment_started', 'desk_redriven', 'stock_requested',
  'invoice_requested', 'stock_return_requested', 'invoice_cancel_requested', 'lease_renewed'];

/**
 * @param {any} saga as the API shows it
 * @param {number} now the server's time, where the last segments of an unfinished saga end
 * @param {number} [count] how many of its events count
 * @returns {Row[]}
 */
export function rowsOf(saga, now, count = saga.events.length) {
  const kind = saga.saga_name;
  const events = saga.events.slice(0, count);
  const before = standings(kind, events);
  const whole = before[before.length - 1];
  const end = endOf(saga.events, whole.status, now, count);
  const steps = new Map(saga.steps.map((step) => [step.name, step]));
  const names = [...new Set([...steps.keys(), ...whole.parts.keys()])];
  const rows = names.map((name) => ({
    name, topic: steps.get(name)?.topic ?? '', isSaga: false,
    attempts: steps.get(name)?.attempts ?? 0, retries: steps.get(name)?.compensate_retries ?? 0,
    segments: segmentsOf(name, kind, events, end), marks: marksOf(name, events, before),
  }));
  return [{
    name: kind, topic: '', isSaga: true, attempts: 0, retries: 0,
    segments: segmentsOf(kind, kind, events, end), marks: leftMarks(events, before, rows),
  }, ...rows];
}

/** All instants that the axis must have a place for. @param {any} saga @param {number} now */
export function instants(saga, now) {
  const times = saga.events.map((event) => Date.parse(event.at));
  return [...times, endOf(saga.events, saga.status, now, saga.events.length)];
}

function endOf(events, status, now, count) {
  const last = Math.max(...events.map((event) => Date.parse(event.at)));
  if (count < events.length) return Date.parse(events[count].at);
  return isFinal(status ?? '') ? last + rest(events, last) : Math.max(last, now);
}

/** How a saga ended is seen a little longer than it took to get there. */
const rest = (events, last) => Math.max(40, (last - Date.parse(events[0].at)) * 0.05);

function segmentsOf(name, kind, events, end) {
  const isSaga = name === kind;
  const found = [];
  let undoing = false;
  events.forEach((event, index) => {
    const at = Date.parse(event.at);
    const change = (event.changes ?? []).find((it) => it.of === name);
    const whole = (event.changes ?? []).find((it) => it.of === kind)?.after;
    if (whole) undoing = whole === 'unwinding';
    const last = found[found.length - 1];
    if (change) found.push({ at, event: index, status: change.after, derived: false });
    else if (!isSaga && whole === 'unwinding' && last && TO_UNDO.includes(last.status))
      found.push({ at, event: index, status: 'compensate compensating', derived: true });
  });
  return found.map((it, index) => {
    const next = found[index + 1];
    const tone = isSaga ? sagaTone(it.status) : partTone(it.status, name === 'payment');
    return {
      from: it.at, to: Math.max(it.at, next ? next.at : end), open: !next, status: it.status, tone,
      undo: isUndo(tone), event: it.event,
    };
  });
}

function marksOf(name, events, before) {
  return events.flatMap((event, index) => {
    const about = (event.parts ?? []).includes(name) || onlyStuck(event, before[index]) === name;
    const isMark = TRIES.includes(event.name) || !(event.changes ?? []).length;
    return about && isMark ? [{ at: Date.parse(event.at), event: index, name: event.name }] : [];
  });
}

/** The desk's tries name no part; where only one part waits for them, they are about that one. */
function onlyStuck(event, standing) {
  if (event.name !== 'desk_redriven' || (event.parts ?? []).length) return null;
  const stuck = [...standing.parts].filter(([, status]) => partTone(status) === 'stuck');
  const undoing = stuck.length ? stuck : [...standing.parts].filter(([, status]) => partTone(status) === 'undoing');
  return undoing.length === 1 ? undoing[0][0] : null;
}

/** What is about no part is about the saga. */
function leftMarks(events, before, rows) {
  const told = new Set(rows.flatMap((row) => row.marks.map((mark) => mark.event)));
  return events.flatMap((event, index) => {
    const moves = (event.changes ?? []).length > 0;
    return told.has(index) || moves ? [] : [{ at: Date.parse(event.at), event: index, name: event.name }];
  });
}
