// @ts-check
/** What changes without the reader's doing is told: to screen readers by live regions, to eyes by notes that go by themselves. */
import { drawing, h, icon } from './dom.js';
import { t } from './i18n.js';

/** @typedef {{key: number, text: string, kind: 'ok' | 'bad' | 'info', topic?: string, action?: {label: string, run: () => void}}} Note */
/** @type {Note[]} */
let notes = [];
let polite = '';
let assertive = '';
let count = 0;
let draw = () => {};

/** Puts the regions into the document, once, before anything is announced. */
export function startAnnouncing() {
  const place = document.createElement('div');
  document.body.append(place);
  draw = drawing(place, () => [
    h('div', { class: 'aside-voice', role: 'status', 'aria-live': 'polite', 'data-test': 'announcement' }, polite),
    h('div', { class: 'aside-voice', role: 'alert', 'aria-live': 'assertive', 'data-test': 'alert' }, assertive),
    h('section', { class: 'toasts', 'aria-label': t('notes.region') }, notes.map(toastView)),
  ]);
}

/** Tells screen readers. @param {string} text @param {{urgent?: boolean}} [how] */
export function announce(text, { urgent = false } = {}) {
  if (urgent) assertive = assertive === text ? `${text}\u00a0` : text;
  else polite = polite === text ? `${text}\u00a0` : text;
  draw();
}

/** Shows a note for some seconds, and tells it. A note takes the place of another of its topic. @param {string} text @param {{kind?: Note['kind'], topic?: string, action?: Note['action']}} [how] */
export function toast(text, { kind = 'info', topic = text, action } = {}) {
  const note = { key: ++count, text, kind, topic, action };
  notes = [...notes.filter((each) => each.topic !== topic), note].slice(-3);
  announce(text, { urgent: kind === 'bad' });
  setTimeout(() => dismiss(note), action || kind === 'bad' ? 12_000 : 6_000);
}

/** Takes back what is over: the urgent text, and the notes of a topic, or all of them. @param {string} [topic] */
export function hush(topic) {
  assertive = '';
  notes = topic === undefined ? [] : notes.filter((each) => each.topic !== topic);
  draw();
}

/** @param {Note} note */
function dismiss(note) {
  notes = notes.filter((each) => each !== note);
  draw();
}

/** @param {Note} note */
function toastView(note) {
  const names = { ok: 'check', bad: 'alert', info: 'info' };
  const run = () => {
    dismiss(note);
    note.action?.run();
  };
  return h(
    'div',
    { key: note.key, class: `toast ${note.kind}`, 'data-test': 'toast' },
    icon(names[note.kind]),
    h('p', null, note.text),
    note.action && h('button', { type: 'button', class: 'quiet', onclick: run }, note.action.label),
    h('button', { type: 'button', class: 'quiet square', 'aria-label': t('close'), onclick: () => dismiss(note) }, icon('close')),
  );
}
