// One saga: how it stands, its timeline or its graph, replayed to any event, and the events.
import { announce } from '../core/announce.js';
import { get, part } from '../core/api.js';
import { now } from '../core/clock.js';
import { h } from '../core/dom.js';
import { cut } from '../core/format.js';
import { t } from '../core/i18n.js';
import { load, need } from '../core/lazy.js';
import { watch } from '../core/live.js';
import { empty, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go, href, noteAddress } from '../core/route.js';
import { kindWord, sagaHref, statusWord, subjectOf, ticking } from './bits.js';
import { eventList } from './events-view.js';
import { pageKeys } from './keys.js';
import { replay } from './replay.js';
import { head, leftBox, leftSoon } from './saga-head.js';
import { remember } from './recent.js';
import { isFinal, sagaTone } from './statuses.js';
import { timelineView } from './timeline-view.js';

export function sagaPage({ params, query, draw }) {
  const { id, kind = '' } = params;
  const event = Number(query.get('event'));
  const it = {
    saga: null, waits: undefined, problem: null, open: null,
    count: event > 0 ? event : null, view: query.get('view') === 'graph' ? 'graph' : 'timeline',
    even: true, node: null, graph: null, undrawn: null, left: false,
  };
  const desk = async () => {
    const found = await get(`desk?saga=${part(id)}&kind=${part(it.saga.saga_name)}`, { quiet: true }).catch(() => null);
    // The desk's index may be a moment behind the saga.
    it.waits = found ? found.waiting.find((waits) => waits.status === it.saga.status) ?? null : it.waits ?? null;
    draw();
  };
  const watching = watch(`sagas/${part(id)}${kind ? `?kind=${part(kind)}` : ''}`, (saga) => {
    take(it, saga, watching);
    desk();
    it.graph?.changed();
    if (it.view === 'graph') openGraph(it, draw);
    draw();
  }, {
    onProblem: (problem) => {
      it.problem = problem;
      draw();
    },
  });
  const set = (change) => {
    Object.assign(it, change);
    if (it.count !== null && it.saga) it.count = Math.min(Math.max(1, it.count), it.saga.events.length);
    noteAddress(href(location.hash.slice(1).split('?')[0], { view: it.view === 'graph' ? 'graph' : null, event: it.count }));
    if (it.view === 'graph') openGraph(it, draw);
    draw();
  };
  const act = async (which) => {
    const loaded = await need('act');
    if (loaded) it.open = loaded.actDialog([subjectOf(it.waits)], { draw, act: which, onClose: (done) => {
      it.open = null;
      watching.now();
      draw();
      // What was pressed may be gone with what it was for.
      if (done) setTimeout(() => document.querySelector('h1')?.focus({ preventScroll: true }));
    } });
    draw();
  };
  const step = (by) => it.saga && set({ count: (it.count ?? it.saga.events.length) + by });
  const stops = [() => watching.stop(), () => closeGraph(it), ticking(() => it.saga && !isFinal(it.saga.status) && draw(), 1000),
    pageKeys({ t: () => set({ view: 'timeline' }), g: () => set({ view: 'graph' }), '[': () => step(-1), ']': () => step(1), l: () => set({ count: null }) })];
  return {
    title: () => `${kind || it.saga ? kindWord(kind || it.saga.saga_name) : t('saga.title')} ${id}`,
    view: () => [content(it, { id, kind, set, act, again: watching.now }), it.open?.view()],
    stop: () => stops.forEach((stop) => stop()),
  };
}

function take(it, saga, watching) {
  if (it.saga && it.saga.status !== saga.status) announce(t('saga.became', { status: statusWord(saga.status) }), { urgent: sagaTone(saga.status) === 'stuck' });
  if (!it.saga) remember(saga.saga_name, saga.saga_id);
  const waits = it.saga && it.saga.status !== saga.status ? undefined : it.waits;
  Object.assign(it, { saga, waits, problem: null });
  // What has ended changes seldom, by an operator's hand or a late report.
  watching?.slow(isFinal(saga.status) ? 10_000 : undefined);
}

function closeGraph(it) {
  it.left = true;
  it.graph?.stop();
}

/** Gets what draws graphs, once. */
async function openGraph(it, draw) {
  if (!it.saga || it.graph) return;
  try {
    const { sagaGraph } = await load('graph');
    if (!it.left) it.graph ??= sagaGraph(it.saga, draw);
    it.undrawn = null;
  } catch (error) {
    it.undrawn = error;
  }
  draw();
}

function content(it, does) {
  const { saga } = it;
  const top = head(cut(does.id, 64), saga?.saga_name ?? does.kind, saga, it.waits);
  if (!saga) return h('div', { key: 'saga', class: 'page' }, top, unseen(it, does));
  const count = it.count === null ? saga.events.length : Math.min(it.count, saga.events.length);
  const at = { saga, count, now: now(), live: it.count === null };
  return h('div', { key: 'saga', class: 'page', 'data-test': 'saga' },
    top,
    it.problem && !it.problem.passing && problemBox(it.problem),
    it.waits ? leftBox(it.waits, does.act) : it.waits === undefined && sagaTone(saga.status) === 'stuck' && leftSoon(),
    h('section', { class: 'card', 'aria-label': t('saga.history') },
      tabs(it, does.set),
      replay(at, (wanted) => does.set({ count: wanted })),
      h('div', { id: 'view', role: 'tabpanel', 'aria-labelledby': `tab-${it.view}` },
        it.view === 'timeline' ? timelineView(at, it.even, does.set) : graph(it, at, does))),
    eventList(at, does.set));
}

function unseen(it, does) {
  if (!it.problem) return h('section', { key: 'l', class: 'card' }, skeleton(7));
  if (it.problem.status === 404) return empty('search', t('saga.none'), t('saga.none_text'), h('a', { class: 'button', href: '#/sagas' }, t('desk.sagas')));
  if (it.problem.kind === 'saga-conflict') return empty('list', t('search.both'), t('saga.both_text'), ...['booking', 'order'].map((kind) => h('a', { key: kind, class: 'button', href: sagaHref(kind, does.id) }, kindWord(kind))));
  return problemBox(it.problem, it.problem.passing ? does.again : null);
}

const VIEWS = ['timeline', 'graph'];

function tabs(it, set) {
  const turn = (event) => {
    if (!['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
    event.preventDefault();
    const view = VIEWS[1 - VIEWS.indexOf(it.view)];
    set({ view });
    queueMicrotask(() => document.getElementById(`tab-${view}`)?.focus());
  };
  return h('div', { class: 'tabs', role: 'tablist', 'aria-label': t('saga.views'), onkeydown: turn }, VIEWS.map((view) => h('button', {
    key: view, id: `tab-${view}`, type: 'button', role: 'tab', class: 'quiet', 'aria-selected': String(it.view === view), 'aria-controls': 'view',
    tabindex: it.view === view ? '0' : '-1', onclick: () => set({ view }), 'data-test': `tab-${view}`,
  }, t(`view.${view}`))));
}

function graph(it, at, does) {
  if (it.undrawn) return problemBox(it.undrawn, () => does.set({ undrawn: null }));
  return it.graph ? it.graph.view(at, it.node, does.set) : h('div', { class: 'graph-wait' }, skeleton(3, 'block'));
}
