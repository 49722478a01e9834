// All sagas, the newest first, by kind and status, page by page.
import { get } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { cut } from '../core/format.js';
import { t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { action, actButton, empty, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go, href } from '../core/route.js';
import { all, kindWord, pick, sagaBadge, sagaLink, since, statusWord, ticking } from './bits.js';
import { moveRow, pageKeys } from './keys.js';
import { KINDS, STATUSES } from './statuses.js';

const PAGE = 25;
const keyOf = (saga) => `${saga.saga_name}/${saga.saga_id}`;

export function listPage({ query, draw }) {
  const wanted = { kind: query.get('kind') ?? '', status: query.get('status') ?? '' };
  const state = { first: null, more: [], next: undefined, problem: null };
  const path = `sagas?${new URLSearchParams({ limit: String(PAGE), ...given(wanted) })}`;
  const watching = watch(path, (body) => {
    state.first = body;
    state.problem = null;
    draw();
  }, {
    onProblem: (problem) => {
      state.problem = problem;
      draw();
    },
  });
  const more = action(draw, async () => {
    const body = await get(`${path}&after=${encodeURIComponent(state.next ?? state.first.next)}`);
    state.more = [...state.more, ...body.sagas];
    state.next = body.next;
  });
  const stops = [() => watching.stop(), ticking(draw, 10_000), pageKeys({ j: () => moveRow(1), k: () => moveRow(-1) })];
  return {
    title: () => t('desk.sagas'),
    view: () => [h('h1', { key: 'h', tabindex: '-1' }, t('desk.sagas')), filters(wanted), content(state, wanted, more, watching.now)],
    stop: () => stops.forEach((stop) => stop()),
  };
}

const given = (query) => Object.fromEntries(Object.entries(query).filter(([, value]) => value));

function filters(wanted) {
  const statuses = wanted.kind ? STATUSES[wanted.kind] ?? [] : [...new Set([...STATUSES.booking, ...STATUSES.order])];
  const to = (change) => {
    const next = { ...wanted, ...change };
    if (next.kind && next.status && !STATUSES[next.kind]?.includes(next.status)) next.status = '';
    go(href('/sagas', next));
  };
  return h('div', { key: 'f', class: 'filters', role: 'group', 'aria-label': t('filter.title') },
    pick('kind', t('filter.kind'), [all(), ...KINDS.map((kind) => [kind, kindWord(kind)])], wanted.kind, (kind) => to({ kind })),
    pick('status', t('filter.status'), [all(), ...statuses.map((status) => [status, statusWord(status)])], wanted.status, (status) => to({ status })),
    (wanted.kind || wanted.status) && h('a', { class: 'button quiet', href: '#/sagas', 'data-test': 'filter-none' }, icon('close'), t('filter.none')));
}

function content(state, wanted, more, again) {
  if (state.problem && !state.first) return problemBox(state.problem, state.problem.passing ? again : null);
  if (!state.first) return h('section', { key: 'l', class: 'card' }, skeleton(8));
  const known = new Set();
  const sagas = [...state.first.sagas, ...state.more].filter((saga) => !known.has(keyOf(saga)) && known.add(keyOf(saga)));
  if (sagas.length === 0) return h('section', { key: 'e', class: 'card' }, empty('list', t('sagas.none'), t(wanted.kind || wanted.status ? 'sagas.none_such' : 'sagas.none_yet')));
  const next = state.next === undefined ? state.first.next : state.next;
  return h('section', { key: 't', class: 'card flush', 'aria-label': t('desk.sagas') },
    h('div', { class: 'table sagas', role: 'table', 'aria-label': t('desk.sagas') },
      h('div', { class: 'head', role: 'row' }, ['saga', 'status', 'began', 'changed', 'reason'].map((name) => h('span', { key: name, role: 'columnheader' }, t(`column.${name}`)))),
      sagas.map(row)),
    next && h('p', { class: 'row centre pad' }, actButton(more, { onclick: () => more.go(sagas.length), 'data-test': 'more' }, t('more'))),
    more.problem && problemBox(more.problem));
}

const row = (saga) => h('div', { key: keyOf(saga), class: 'line', role: 'row', 'data-row': keyOf(saga), 'data-test': 'saga-row', 'data-status': saga.status },
  h('span', { role: 'cell' }, sagaLink(saga.saga_name, saga.saga_id)),
  h('span', { role: 'cell' }, sagaBadge(saga.status)),
  h('span', { role: 'cell', class: 'muted' }, since(saga.created)),
  h('span', { role: 'cell', class: 'muted' }, since(saga.updated)),
  h('span', { role: 'cell', class: 'reason', title: cut(saga.reason, 400) }, cut(saga.reason, 140)));
