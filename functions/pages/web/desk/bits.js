// @ts-check
// Small parts that the desk's pages share.
import { h, icon } from '../core/dom.js';
import { ago, cut, dateTime, duration, shortId } from '../core/format.js';
import { clockFace, now, timeLeft } from '../core/clock.js';
import { named, t } from '../core/i18n.js';
import { badge } from '../core/parts.js';
import { href } from '../core/route.js';
import { partTone, sagaTone, word } from './statuses.js';
import { triesOf } from './tries.js';

/** @type {Record<string, 'ok'|'warn'|'bad'|'info'|'calm'>} */
const BADGES = { wait: 'calm', doing: 'info', good: 'ok', bad: 'bad', doubt: 'warn', undoing: 'warn', undone: 'calm', stuck: 'bad', none: 'calm' };

/** @param {string} status */
export const sagaBadge = (status) => badge(BADGES[sagaTone(status)], statusWord(status), { 'data-test': 'status', 'data-status': status });
/** @param {string} status @param {boolean} [isPayment] */
export const partBadge = (status, isPayment) => badge(BADGES[partTone(status, isPayment)], statusWord(status), { 'data-status': status });
/** @param {string} status */
export const statusWord = (status) => named('status', word(status));
/** @param {string} name */
export const eventWord = (name) => named('event', name);
/** @param {string} kind */
export const kindWord = (kind) => named('kind', kind);
/** Parts have names of their own: legs are named by travellers, steps by the definition. @param {string} name */
export const partWord = (name) => named('part', cut(name, 40));
/** @param {string} topic */
export const topicWord = (topic) => named('topic', cut(topic, 24));

const SYMBOLS = { booking: 'trip', order: 'parcel', flight: 'flight', train: 'train', hotel: 'hotel', car: 'car', insurance: 'insurance', payment: 'card', carrier: 'parcel', invoices: 'invoice', stock: 'shop', credit: 'bank', account: 'bank', order_: 'basket' };
/** @param {string} kind */
export const symbolOf = (kind) => SYMBOLS[kind] ?? 'dots';

/** @param {string} kind @param {string} id */
export const sagaHref = (kind, id) => href(`/sagas/${kind}/${encodeURIComponent(id)}`);

/** The first thing in a row: where it leads. @param {string} kind @param {string} id */
export const sagaLink = (kind, id) => h('a', { href: sagaHref(kind, id), class: 'saga-link', title: id, 'data-row-link': '', 'data-test': 'saga-link' },
  icon(symbolOf(kind), kindWord(kind)), h('code', null, shortId(id)));

/** @param {string} at */
export const since = (at) => h('time', { datetime: at, title: dateTime(at) }, ago(at, now()));

const DAY = 86_400;

/** The time until a moment as a clock, in days if it is far; `null` once it has come. @param {string} until @param {number} at */
export function left(until, at) {
  const { left: ms, seconds, urgent, expired } = timeLeft(until, at);
  if (expired) return null;
  return h('time', { class: urgent ? 'figures strong' : 'figures', datetime: until, title: dateTime(until), 'data-test': 'left' }, seconds < DAY ? clockFace(seconds) : duration(ms));
}

/** @param {any} waits */
export const idOf = (waits) => waits.booking_id ?? waits.order_id ?? waits.saga_id;

/** What is left to be done, in words: the undo and whose it is. @param {any} work */
export function workWord(work) {
  const name = work.leg ?? work.step;
  return name === 'payment' || work.step ? named('action', work.action) : `${named('action', work.action)}: ${cut(name, 32)}`;
}

/** All about a piece of work that is left: in the words of who was asked last, how often it was tried, since when it waits. @param {any} work */
export function leftWords(work) {
  const tries = triesOf(work);
  const said = work.last_error ?? work.cause;
  return [
    h('span', { class: 'strong' }, workWord(work)), work.reference && [' ', h('code', { class: 'small' }, cut(work.reference, 24))],
    said && h('q', { class: 'small block', 'data-test': 'said' }, cut(said, 200)),
    h('span', { class: 'small block' }, tries && t(tries.key, { count: tries.count }), tries && work.handed_over && ' · ', work.handed_over && [t('left.since'), ' ', since(work.handed_over)]),
  ];
}

/** What operators do about what waits, the mildest first. */
export const ACTS = ['redrive', 'resolve', 'abandon'];

/** A line of the desk as what an act is about. @param {any} waits */
export const subjectOf = (waits) => ({ kind: waits.saga_name, id: idOf(waits), left: waits.left ?? [] });

/** The part's name in a request. @param {any} work @returns {string} */
export const partOf = (work) => work.leg ?? work.topic;

/** A choice among few. @param {string} name @param {string} label @param {[string, string][]} options @param {string} chosen @param {(value: string) => void} choose */
export const pick = (name, label, options, chosen, choose) => h('div', { class: 'field pick' },
  h('label', { for: `pick-${name}` }, label),
  h('select', { id: `pick-${name}`, 'data-test': `filter-${name}`, value: chosen, onchange: (/** @type {any} */ event) => choose(event.target.value) },
    options.map(([value, text]) => h('option', { key: value, value }, text))));

/** The customer to whom a list is narrowed, and the way back to all. @param {string} id @param {string} without */
export const customerChip = (id, without) => h('p', { class: 'chip', 'data-test': 'customer-chip' },
  icon('person', t('column.customer')), h('code', { title: id }, shortId(id)),
  h('a', { class: 'button quiet square small', href: without, 'aria-label': t('filter.no_customer'), title: t('filter.no_customer'), 'data-test': 'customer-none' }, icon('close')));

/** Refreshes what says `2 minutes ago`. @param {() => void} draw @param {number} every */
export function ticking(draw, every) {
  const timer = setInterval(() => document.hidden || draw(), every);
  return () => clearInterval(timer);
}

export const all = () => /** @type {[string, string]} */ (['', t('filter.all')]);
