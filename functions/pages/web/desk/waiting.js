// What needs attention first: what waits at the desk, the longest waiting on top.
import { h, icon } from '../core/dom.js';
import { cut } from '../core/format.js';
import { t } from '../core/i18n.js';
import { need } from '../core/lazy.js';
import { empty, skeleton } from '../core/parts.js';
import { go, href } from '../core/route.js';
import { all, customerChip, idOf, kindWord, leftWords, pick, sagaLink, since, subjectOf, ticking, topicWord } from './bits.js';
import { PAGE, tell } from './count.js';
import { moreOf, paged, unseen } from './kept.js';
import { focusedRow, moveRow, pageKeys } from './keys.js';
import './list-words.js';
import { KINDS } from './statuses.js';

const PARTICIPANTS = ['flight', 'hotel', 'car', 'insurance', 'train', 'payment', 'carrier', 'invoices', 'stock'];
const keyOf = (waits) => `${waits.saga_name}/${idOf(waits)}`;

export function waitingPage({ query, draw }) {
  const wanted = { kind: query.get('kind') ?? '', participant: query.get('participant') ?? '', customer: query.get('customer') ?? '' };
  const state = { chosen: new Set(), open: null };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
  const filtered = Object.keys(given).length > 0;
  const onBody = (body) => filtered || tell(body);
  const list = paged(`desk?${new URLSearchParams({ limit: String(PAGE), ...given })}`, 'waiting', keyOf, { draw, onBody });
  const act = async (these) => {
    const loaded = await need('act');
    if (loaded) state.open = loaded.actDialog(these.map(subjectOf), { draw, onClose: (done) => {
      state.open = null;
      if (done) {
        state.chosen = new Set();
        list.forget();
      }
      list.again();
      draw();
    } });
    draw();
  };
  const turn = (key) => {
    if (!state.chosen.delete(key)) state.chosen.add(key);
    draw();
  };
  const choose = () => focusedRow() && turn(focusedRow());
  const stops = [list.stop, ticking(draw, 10_000), pageKeys({ j: () => moveRow(1), k: () => moveRow(-1), x: choose })];
  return {
    title: () => t('desk.waiting'),
    view: () => [
      h('h1', { key: 'h', tabindex: '-1' }, t('desk.waiting')),
      filters(wanted),
      content(state, list, { lines: list.lines(), act, turn, filtered, draw }),
      state.open?.view(),
    ],
    stop: () => stops.forEach((stop) => stop()),
  };
}

function filters(wanted) {
  const to = (change) => href('/', { ...wanted, ...change });
  return h('div', { key: 'f', class: 'filters', role: 'group', 'aria-label': t('filter.title') },
    pick('kind', t('filter.kind'), [all(), ...KINDS.map((kind) => [kind, kindWord(kind)])], wanted.kind, (kind) => go(to({ kind }))),
    pick('participant', t('filter.participant'), [all(), ...PARTICIPANTS.map((name) => [name, topicWord(name)])], wanted.participant, (participant) => go(to({ participant }))),
    wanted.customer && customerChip(wanted.customer, to({ customer: '' })),
    (wanted.kind || wanted.participant) && h('a', { class: 'button quiet', href: href('/', { customer: wanted.customer }), 'data-test': 'filter-none' }, icon('close'), t('filter.none')));
}

function content(state, list, does) {
  const place = unseen(list, () => h('section', { key: 'l', class: 'card' }, skeleton(6)));
  if (place) return place;
  if (does.lines.length === 0 && !list.after()) return h('section', { key: 'e', class: 'card' }, empty('check', t(does.filtered ? 'waiting.none_such' : 'waiting.none'), t(does.filtered ? 'waiting.none_such_text' : 'waiting.none_text')));
  return h('section', { key: 't', class: 'card flush', 'aria-label': t('desk.waiting') },
    choosing(state, does),
    h('div', { class: 'table waiting', role: 'table', 'aria-label': t('desk.waiting') },
      h('div', { class: 'head', role: 'row' }, ['choose', 'saga', 'left', 'reason', 'waits', 'act'].map((name) => h('span', { key: name, role: 'columnheader' }, h('span', { class: name === 'choose' || name === 'act' ? 'aside-voice' : '' }, t(`column.${name}`))))),
      does.lines.map((waits) => row(waits, state.chosen.has(keyOf(waits)), does))),
    moreOf(list, does.lines.length));
}

/** The line above the list: how many are chosen, and what to do with them. */
function choosing(state, does) {
  const chosen = does.lines.filter((waits) => state.chosen.has(keyOf(waits)));
  const every = chosen.length === does.lines.length;
  const turnAll = () => {
    state.chosen = every ? new Set() : new Set(does.lines.map(keyOf));
    does.draw();
  };
  return h('div', { class: 'row choosing' },
    h('label', { class: 'tick' }, h('input', { type: 'checkbox', checked: every, indeterminate: !every && chosen.length > 0, onchange: turnAll, 'data-test': 'choose-all' }), t('waiting.choose_all')),
    h('span', { class: 'grow muted small', role: 'status' }, t('waiting.chosen', { chosen: chosen.length, count: does.lines.length })),
    h('button', { type: 'button', class: chosen.length ? 'main' : '', disabled: chosen.length === 0, onclick: () => does.act(chosen), 'data-test': 'act-chosen' }, t('waiting.act_chosen')));
}

function row(waits, chosen, does) {
  const key = keyOf(waits);
  return h('div', { key, class: `line${chosen ? ' chosen' : ''}`, role: 'row', 'data-row': key, 'data-test': 'waiting-row' },
    h('span', { role: 'cell' }, h('input', { type: 'checkbox', checked: chosen, onchange: () => does.turn(key), 'aria-label': t('waiting.choose', { id: idOf(waits) }), 'data-test': 'choose' })),
    h('span', { role: 'cell' }, sagaLink(waits.saga_name, idOf(waits))),
    h('span', { role: 'cell' }, h('ul', { class: 'left' }, (waits.left ?? []).map((work, at) => h('li', { key: at }, leftWords(work))))),
    h('span', { role: 'cell', class: 'reason', title: cut(waits.reason, 400) }, cut(waits.reason, 120)),
    h('span', { role: 'cell', class: 'muted' }, since(waits.since)),
    h('span', { role: 'cell' }, h('button', { type: 'button', class: 'small', onclick: () => does.act([waits]), 'data-test': 'act', 'aria-label': t('waiting.act_on', { id: idOf(waits) }) }, t('waiting.act'))));
}
