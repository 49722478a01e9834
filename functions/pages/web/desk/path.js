// @ts-check
// Which states of its definition a saga has passed, as far as its events tell. Several states leave no
// event (choices, waits): the cheapest way through them joins those that do.
import { standings } from './fold.js';
import { isFinal, partTone, sagaTone } from './statuses.js';
import { groupBy } from './layers.js';

/**
 * @typedef {{nodes: Map<string, number[]>, edges: Set<string>, current: string|null}} Path
 * The nodes with the events that passed them; the edges by `edgeKey`.
 */

/** @param {import('./asl.js').Edge} edge */
export const edgeKey = (edge) => `${edge.from}\n${edge.to}`;

/** @param {string} kind @param {import('./asl.js').Graph} graph @param {any[]} events @returns {Path} */
export function pathTaken(kind, graph, events) {
  const before = standings(kind, events);
  const known = idsOf(graph);
  /** @type {Path} */
  const path = { nodes: new Map(), edges: new Set(), current: null };
  let at = null;
  events.forEach((event, index) => {
    const states = kind === 'order' ? statesOfOrder(event, before[index], known) : statesOfBooking(event, before[index]);
    let last = null;
    for (const id of states.filter((state) => known.has(state))) {
      const outer = outerOf(id);
      if (at && at !== outer && !JUMPS.includes(event.name)) walk(path, graph, at, outer, index);
      visit(path, outer, index);
      if (id !== outer) walkInside(path, graph, outer, last, id, index);
      [at, last, path.current] = [outer, id, id];
    }
  });
  const status = before[before.length - 1].status ?? '';
  if (isFinal(status) || sagaTone(status) === 'stuck') path.current = null;
  return path;
}

/** Another execution took the saga up: no edge leads there. */
const JUMPS = ['cancellation_started', 'taken_up'];
const outerOf = (id) => id.split('/')[0];

function idsOf(graph) {
  return new Set(graph.nodes.flatMap((node) => [node.id, ...node.inner.flatMap((it) => [...idsOf(it)])]));
}

function visit(path, id, index) {
  const events = path.nodes.get(id) ?? [];
  if (!events.includes(index)) path.nodes.set(id, [...events, index]);
}

/** The cheapest way: states that leave no event cost less than those that would have left one. */
function walk(path, graph, from, to, index) {
  const out = groupBy(graph.edges, (edge) => edge.from);
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));
  const cost = new Map([[from, 0]]);
  const by = new Map();
  const open = new Set([from]);
  while (open.size) {
    const next = [...open].reduce((a, b) => (cost.get(a) <= cost.get(b) ? a : b));
    open.delete(next);
    if (next === to) break;
    for (const edge of out.get(next) ?? []) {
      const silent = edge.to === to || ['Choice', 'Pass', 'Succeed', 'Fail'].includes(types.get(edge.to));
      const price = cost.get(next) + (silent ? 1 : 3);
      if (price >= (cost.get(edge.to) ?? Infinity)) continue;
      cost.set(edge.to, price);
      by.set(edge.to, edge);
      open.add(edge.to);
    }
  }
  for (let id = to; by.has(id) && id !== from; id = by.get(id).from) {
    path.edges.add(edgeKey(by.get(id)));
    visit(path, by.get(id).from, index);
  }
}

/** Legs pass a Map's states side by side, each from the start; one event may tell of two states of one leg. */
function walkInside(path, graph, outer, last, id, index) {
  const inners = graph.nodes.find((node) => node.id === outer)?.inner ?? [];
  const inner = inners.find((it) => it.nodes.some((node) => node.id === id));
  if (!inner) return;
  const from = last && inner.nodes.some((node) => node.id === last) ? last : inner.start;
  if (from !== id) walk(path, inner, from, id, index);
  visit(path, id, index);
}

/** The states of the booking's definition that an event tells of, in order. */
function statesOfBooking(event, { status, parts }) {
  const undoing = status === 'unwinding' || status === 'cancelling';
  const payment = parts.get('payment');
  const became = (event.changes ?? []).find((change) => change.of === 'booking')?.after;
  if (status === 'needs_attention' || event.actor === 'redrive') return [];
  switch (event.name) {
    case 'booking_opened': return ['Open', 'Hold legs'];
    case 'leg_held': return [status === 'holding' ? 'Hold legs/Hold' : 'Hold added leg'];
    case 'leg_refused': return status === 'holding' ? ['Hold legs/Hold', 'Hold legs/Not held'] : ['Hold added leg'];
    case 'leg_confirmed': return ['Confirm legs/Confirm'];
    case 'leg_unknown': return [undoing ? 'Unwind/Undo' : status === 'holding' ? 'Hold legs/Hold' : status === 'confirming' ? 'Confirm legs/Confirm' : 'Hold added leg'];
    case 'leg_given_up': return ['Release dropped leg'];
    case 'leg_released': return [undoing ? 'Unwind/Undo' : 'Release dropped leg'];
    case 'leg_release_failed': return undoing ? ['Unwind/Undo', 'Unwind/Send to desk'] : ['Send dropped leg to desk'];
    case 'command_taken': return payment === 'pending' ? ['Await payment', 'Decided?'] : ['Await traveller', 'What now?'];
    case 'payment_started': return ['Authorize payment'];
    case 'payment_pending': return ['Authorize payment', 'Await payment'];
    case 'lease_renewed': return ['Await payment'];
    case 'payment_authorized': return [payment === 'pending' ? 'Await payment' : 'Authorize payment', 'Confirm legs'];
    case 'payment_declined': return [payment === 'pending' ? 'Await payment' : 'Authorize payment', 'Declined'];
    case 'payment_withdrawn': return ['Withdraw payment'];
    case 'payment_unknown': return [undoing ? 'Unwind/Undo' : status === 'confirming' ? 'Settle' : 'Authorize payment'];
    case 'committed': case 'booked': case 'capture_owed': return ['Settle'];
    case 'unwinding_started': case 'cancellation_started': case 'taken_up': return ['Begin unwinding'];
    case 'payment_voided': case 'payment_refunded': case 'payment_captured': return undoing ? ['Unwind/Undo'] : [];
    case 'payment_release_failed': return ['Unwind/Undo', 'Unwind/Send to desk'];
    case 'cancellation_done': return ['Close', 'Ended well?', 'Ended'];
    case 'booking_closed': return ['Close', 'Ended well?', became === 'needs_attention' ? 'Needs attention' : 'Ended'];
    default: return became === 'awaiting_payment' ? ['Await traveller'] : [];
  }
}

const OVER_THE_BROKER = ['remove_from_stock', 'generate_invoice'];

/** The states of the order's definition that an event tells of: a step's state has its name. */
function statesOfOrder(event, { status, parts }, known) {
  const ended = { order_failed: 'Ended', order_cancelled: 'Ended', order_needs_attention: 'Needs attention' }[event.name];
  if (status === 'needs_attention' || event.name.startsWith('desk_') || event.actor === 'redrive') return [];
  if (ended) return ['Close', 'Ended well?', ended];
  if (event.name === 'order_filled') return ['Place order'];
  if (event.name === 'undo_started' || event.name === 'taken_up') return ['Begin unwinding'];
  const step = (event.parts ?? [])[0];
  if (!step) return [];
  const change = (event.changes ?? []).find((it) => it.of === step);
  const now = change?.after ?? parts.get(step) ?? '';
  const again = partTone(change?.before ?? parts.get(step) ?? '') === 'stuck';
  if (now.startsWith('compensate')) {
    if (again) return [];
    const undo = OVER_THE_BROKER.includes(step) && known.has('Unwind/Undo over the broker') ? 'Unwind/Undo over the broker' : 'Unwind/Undo';
    return event.name === 'undo_failed' ? [undo, 'Unwind/Send to desk'] : [undo];
  }
  return [step.charAt(0).toUpperCase() + step.slice(1).replaceAll('_', ' ')];
}
