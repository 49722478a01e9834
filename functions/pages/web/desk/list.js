// All sagas, the newest first, by kind and status, page by page.
import { h, icon } from '../core/dom.js';
import { cut, shortId } from '../core/format.js';
import { t } from '../core/i18n.js';
import { empty, skeleton } from '../core/parts.js';
import { go, href } from '../core/route.js';
import { all, customerChip, kindWord, pick, sagaBadge, sagaLink, since, statusWord, ticking } from './bits.js';
import { moreOf, paged, unseen } from './kept.js';
import { moveRow, pageKeys } from './keys.js';
import './list-words.js';
import { KINDS, STATUSES, wantedOf } from './statuses.js';

const PAGE = 25;
const keyOf = (saga) => `${saga.saga_name}/${saga.saga_id}`;

export function listPage({ query, draw }) {
  const wanted = { customer: query.get('customer') ?? '', kind: query.get('kind') ?? '', status: query.get('status') ?? '' };
  const list = paged(`sagas?${new URLSearchParams({ limit: String(PAGE), ...given(wanted) })}`, 'sagas', keyOf, { draw });
  const stops = [list.stop, ticking(draw, 10_000), pageKeys({ j: () => moveRow(1), k: () => moveRow(-1) })];
  return {
    title: () => t('desk.sagas'),
    view: () => [h('h1', { key: 'h', tabindex: '-1' }, t('desk.sagas')), filters(wanted), content(list, wanted)],
    stop: () => stops.forEach((stop) => stop()),
  };
}

const given = (query) => Object.fromEntries(Object.entries(query).filter(([, value]) => value));

function filters(wanted) {
  const statuses = wanted.kind ? STATUSES[wanted.kind] ?? [] : [...new Set([...STATUSES.booking, ...STATUSES.order])];
  const to = (change) => go(href('/sagas', wantedOf(wanted, change)));
  return h('div', { key: 'f', class: 'filters', role: 'group', 'aria-label': t('filter.title') },
    pick('kind', t('filter.kind'), [all(), ...KINDS.map((kind) => [kind, kindWord(kind)])], wanted.kind, (kind) => to({ kind })),
    pick('status', t('filter.status'), [all(), ...statuses.map((status) => [status, statusWord(status)])], wanted.status, (status) => to({ status })),
    wanted.customer && customerChip(wanted.customer, href('/sagas', wantedOf(wanted, { customer: '' }))),
    (wanted.kind || wanted.status) && h('a', { class: 'button quiet', href: href('/sagas', { customer: wanted.customer }), 'data-test': 'filter-none' }, icon('close'), t('filter.none')));
}

function content(list, wanted) {
  const place = unseen(list, () => h('section', { key: 'l', class: 'card' }, skeleton(8)));
  if (place) return place;
  const sagas = list.lines();
  if (sagas.length === 0 && !list.after()) return h('section', { key: 'e', class: 'card' }, nothing(wanted));
  return h('section', { key: 't', class: 'card flush', 'aria-label': t('desk.sagas') },
    h('div', { class: 'table sagas', role: 'table', 'aria-label': t('desk.sagas') },
      h('div', { class: 'head', role: 'row' }, ['saga', 'status', 'began', 'changed', 'reason'].map((name) => h('span', { key: name, role: 'columnheader' }, t(`column.${name}`)))),
      sagas.map(row)),
    moreOf(list, sagas.length));
}

function nothing({ customer, kind, status }) {
  if (kind || status) return empty('list', t('sagas.none'), t('sagas.none_such'));
  return customer ? empty('person', t('sagas.none'), t('sagas.none_of', { id: shortId(customer) })) : empty('list', t('sagas.none'), t('sagas.none_yet'));
}

const row = (saga) => h('div', { key: keyOf(saga), class: 'line', role: 'row', 'data-row': keyOf(saga), 'data-test': 'saga-row', 'data-status': saga.status },
  h('span', { role: 'cell' }, sagaLink(saga.saga_name, saga.saga_id)),
  h('span', { role: 'cell' }, sagaBadge(saga.status)),
  h('span', { role: 'cell', class: 'muted' }, since(saga.created)),
  h('span', { role: 'cell', class: 'muted' }, since(saga.updated)),
  h('span', { role: 'cell', class: 'reason', title: cut(saga.reason, 400) }, cut(saga.reason, 140)));
