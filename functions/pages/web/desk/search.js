// @ts-check
// Finds a saga by its id, what waits of a customer, and sagas by status.
import { get, part } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { cut, shortId } from '../core/format.js';
import { Problem } from '../core/http.js';
import { t } from '../core/i18n.js';
import { dialog } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go, href } from '../core/route.js';
import { isOperator } from '../core/session.js';
import { kindWord, sagaHref, statusWord, symbolOf } from './bits.js';
import { KINDS, STATUSES } from './statuses.js';

/** @typedef {{key: string, symbol: string, text: string, hint?: string, run: () => void}} Found */
const state = { shown: false, text: '', at: 0, busy: false, problem: /** @type {any} */ (null), none: '', both: '' };
/** The sagas that were looked at, the last first. @type {{kind: string, id: string}[]} */
let recent = [];
let redraw = () => {};

/** @param {string} kind @param {string} id */
export function remember(kind, id) {
  recent = [{ kind, id }, ...recent.filter((it) => it.id !== id || it.kind !== kind)].slice(0, 5);
}

function open() {
  if (!isOperator()) return;
  Object.assign(state, { shown: true, at: 0, problem: null, none: '', both: '' });
  redraw();
}

function close() {
  state.shown = false;
  redraw();
}

/** @param {string} to */
function leave(to) {
  Object.assign(state, { shown: false, text: '' });
  redraw();
  go(to);
}

/** @param {string} id */
async function openSaga(id) {
  Object.assign(state, { busy: true, problem: null, none: '', both: '' });
  redraw();
  try {
    const saga = await get(`sagas/${part(id)}`);
    leave(sagaHref(saga.saga_name, saga.saga_id));
  } catch (error) {
    if (error instanceof Problem && error.kind === 'saga-conflict') state.both = id;
    else if (error instanceof Problem && (error.status === 404 || error.status === 422)) state.none = id;
    else state.problem = error;
  }
  state.busy = false;
  redraw();
}

/** What the text may mean, the likeliest first. @param {string} text @returns {Found[]} */
function meanings(text) {
  if (text === '') return recent.map(({ kind, id }) => ({ key: `${kind} ${id}`, symbol: symbolOf(kind), text: shortId(id), hint: kindWord(kind), run: () => leave(sagaHref(kind, id)) }));
  if (state.both === text) return KINDS.map((kind) => ({ key: kind, symbol: symbolOf(kind), text: t('search.this_kind', { kind: kindWord(kind) }), run: () => leave(sagaHref(kind, text)) }));
  const wanted = text.toLowerCase();
  const statuses = [...new Set(Object.values(STATUSES).flat())]
    .filter((status) => wanted.length > 1 && (status.startsWith(wanted.replaceAll(' ', '_')) || statusWord(status).toLowerCase().startsWith(wanted)))
    .map((status) => ({ key: `s ${status}`, symbol: 'filter', text: t('search.status', { status: statusWord(status) }), hint: status, run: () => leave(href('/sagas', { status })) }));
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(text)) return statuses;
  const saga = { key: 'id', symbol: 'search', text: t('search.saga', { id: cut(text, 40) }), run: () => void openSaga(text) };
  const customer = { key: 'customer', symbol: 'person', text: t('search.customer', { id: cut(text, 40) }), hint: t('search.customer_hint'), run: () => leave(href('/', { customer: text })) };
  return text.startsWith('cus_') ? [customer, saga] : [...statuses, saga, customer];
}

/** @param {any} event @param {Found[]} found */
function onKey(event, found) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[/** @type {'ArrowDown'} */ (event.key)];
  if (!step || found.length === 0) return;
  event.preventDefault();
  state.at = (state.at + step + found.length) % found.length;
  redraw();
}

function typed(/** @type {any} */ event) {
  Object.assign(state, { text: event.target.value, at: 0, none: '', both: '', problem: null });
  redraw();
}

function view() {
  if (!state.shown) return null;
  const found = meanings(state.text.trim());
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!state.busy) found[state.at]?.run();
  };
  return dialog({ title: t('search.title'), onClose: close, test: 'search-dialog', wide: true },
    h('form', { class: 'stack', role: 'search', onsubmit: submit },
      h('input', { type: 'text', inputmode: 'search', role: 'combobox', 'aria-label': t('search.label'), placeholder: t('search.label'), value: state.text, autocomplete: 'off', spellcheck: 'false', maxlength: '64',
        'aria-expanded': String(found.length > 0), 'aria-controls': 'found', 'aria-activedescendant': found.length ? `found-${state.at}` : undefined,
        oninput: typed, onkeydown: (/** @type {any} */ event) => onKey(event, found), 'data-test': 'search-input', autofocus: true, onfocus: (/** @type {any} */ event) => event.target.select() }),
      h('ul', { id: 'found', role: 'listbox', 'aria-label': t('search.results'), class: 'found' }, found.map((it, at) =>
        h('li', { key: it.key, id: `found-${at}`, role: 'option', 'aria-selected': String(at === state.at), onclick: it.run, 'data-test': 'search-option' },
          icon(it.symbol), h('span', { class: 'grow' }, it.text), it.hint && h('span', { class: 'small muted' }, it.hint)))),
      h('div', { 'aria-live': 'polite' },
        state.busy && h('p', { class: 'row muted' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), t('loading')),
        state.none && h('p', { class: 'muted', 'data-test': 'search-none' }, t('search.none', { id: cut(state.none, 40) })),
        state.both && h('p', { class: 'muted' }, t('search.both')),
        state.text === '' && found.length === 0 && h('p', { class: 'muted' }, t('search.hint'))),
      state.problem && problemBox(state.problem)));
}

export const search = { open, view, draws: (/** @type {() => void} */ draw) => void (redraw = draw) };
