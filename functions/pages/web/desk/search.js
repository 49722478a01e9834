// Finds a saga by its id, a customer's sagas, and sagas by status.
import { get, part } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { cut, shortId } from '../core/format.js';
import { Problem } from '../core/http.js';
import { t } from '../core/i18n.js';
import { dialog } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go, href } from '../core/route.js';
import { kindWord, sagaHref, statusWord, symbolOf } from './bits.js';
import './dialog-words.js';
import { meaningsOf } from './meanings.js';
import { known, recent } from './recent.js';
import { KINDS } from './statuses.js';

const fresh = () => ({ text: '', at: 0, busy: false, problem: null, none: '', both: '' });

/** The dialog. Each meaning of the text is `{key, symbol, text, hint, run}`. */
export function dialogOf({ draw, close }) {
  const state = fresh();
  const set = (change) => {
    Object.assign(state, change);
    draw();
  };
  const leave = (to) => {
    close();
    go(to);
  };
  const open = async (id) => {
    set({ busy: true, problem: null, none: '', both: '' });
    try {
      const saga = await get(`sagas/${part(id)}`);
      leave(sagaHref(saga.saga_name, saga.saga_id));
    } catch (error) {
      if (error instanceof Problem && error.kind === 'saga-conflict') state.both = id;
      else if (error instanceof Problem && (error.status === 404 || error.status === 422)) state.none = id;
      else state.problem = error;
    }
    set({ busy: false });
  };
  return () => view(state, meanings(state, leave, open), { set, close });
}

/** What the text may mean, the likeliest first. */
function meanings(state, leave, open) {
  const text = state.text.trim();
  const seen = ({ kind, id }) => ({ key: `${kind} ${id}`, symbol: symbolOf(kind), text: shortId(id), hint: kindWord(kind), run: to(kind, id) });
  const to = (kind, id) => () => leave(sagaHref(kind, id));
  if (text === '') return recent().map(seen);
  if (state.both === text) return KINDS.map((kind) => ({ key: kind, symbol: symbolOf(kind), text: kindWord(kind), run: to(kind, text) }));
  const runs = {
    saga: open,
    customer: (customer) => leave(href('/sagas', { customer })),
    waiting: (customer) => leave(href('/', { customer })),
    status: (status) => leave(href('/sagas', { status })),
  };
  return meaningsOf(text, known()).map(({ what, of, kind }) => (what === 'known' ? seen({ kind, id: of }) : { key: `${what} ${of}`, symbol: MEANS[what], text: t(`search.${what}`, what === 'status' ? { status: statusWord(of) } : { id: cut(of, 40) }), hint: what === 'status' && of, run: () => runs[what](of) }));
}

const MEANS = { saga: 'search', customer: 'person', waiting: 'desk', status: 'filter' };

function view(state, found, { set, close }) {
  const submit = (event) => {
    event.preventDefault();
    if (!state.busy) found[state.at]?.run();
  };
  const onKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || found.length === 0) return;
    event.preventDefault();
    set({ at: (state.at + step + found.length) % found.length });
  };
  return dialog({ title: t('search.title'), onClose: close, test: 'search-dialog', wide: true },
    h('form', { class: 'stack', role: 'search', onsubmit: submit },
      h('input', { type: 'text', inputmode: 'search', role: 'combobox', 'aria-label': t('search.label'), placeholder: t('search.label'), value: state.text, autocomplete: 'off', spellcheck: 'false', maxlength: '64',
        'aria-expanded': String(found.length > 0), 'aria-controls': 'found', 'aria-activedescendant': found.length ? `found-${state.at}` : undefined, autofocus: true,
        oninput: (event) => set({ ...fresh(), text: event.target.value }), onkeydown: onKey, 'data-test': 'search-input' }),
      h('ul', { id: 'found', role: 'listbox', 'aria-label': t('search.results'), class: 'found' }, found.map((it, at) =>
        h('li', { key: it.key, id: `found-${at}`, role: 'option', 'aria-selected': String(at === state.at), onclick: it.run, 'data-test': 'search-option' },
          icon(it.symbol), h('span', { class: 'grow' }, it.text), it.hint && h('span', { class: 'small muted' }, it.hint)))),
      h('div', { 'aria-live': 'polite' },
        state.busy && h('p', { class: 'row muted' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), t('loading')),
        state.none && h('p', { class: 'muted', 'data-test': 'search-none' }, t('search.none', { id: cut(state.none, 40) })),
        state.both && h('p', { class: 'muted' }, t('search.both')),
        found.length === 0 && h('p', { class: 'muted', 'data-test': 'search-hint' }, t(state.text.trim() === '' ? 'search.hint' : 'search.nothing'))),
      state.problem && problemBox(state.problem)));
}
