// Draws a state machine with the path that a saga took through it, and what is known of the state that is chosen.
import { h, icon } from '../core/dom.js';
import { duration, timeExact } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { isCatch } from './asl.js';
import { pathOf } from './layout.js';
import { edgeKey, pathTaken } from './path.js';

const PAD = 12;
/** How large a unit of the drawing is, in pixels; at first as large as the width allows, and `0` for the whole drawing. */
let scale = null;

/** `at` says of which event the saga is shown: the path leads up to its moment. */
export function graphView({ saga, count, live }, { graph, drawing }, { executions }, chosen, set) {
  const path = pathTaken(graph, executions, live ? Infinity : Date.parse(saga.events[count - 1].at));
  const node = chosen ?? [...path.current].pop() ?? path.last;
  const note = executions.length === 0 ? 'graph.gone' : executions.some((each) => !each.is_complete) && 'graph.cut';
  return h('div', { class: 'graph', 'data-test': 'graph' },
    h('div', { class: 'graph-side' },
      zoom(set),
      note && h('p', { class: 'small', 'data-test': 'graph-note' }, t(note)),
      h('ul', { class: 'legend', 'aria-label': t('timeline.legend') }, ['taken', 'caught', 'failed', 'current'].map((kind) => h('li', { key: kind }, h('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), t(`graph.${kind}`)))),
      details(drawing.boxes.find((box) => box.id === node), path, drawing)),
    h('div', { class: 'graph-sheet', ref: centre, tabindex: '0', role: 'group', 'aria-label': t('graph.label', { kind: saga.saga_name }), 'aria-description': t('graph.keys'), onkeydown: (event) => move(event, drawing, node, set) },
      picture(drawing, path, node, set)));
}

/** Begins with the chosen state in the middle. */
function centre(sheet) {
  const [box, of] = [sheet.querySelector('.state.chosen')?.getBoundingClientRect(), sheet.getBoundingClientRect()];
  if (box) sheet.scrollTo(box.left - of.left - (of.width - box.width) / 2, box.top - of.top - (of.height - box.height) / 2);
}

function zoom(set) {
  const to = (by) => () => {
    scale = by && Math.min(2, Math.max(0.4, document.querySelector('.drawing').getScreenCTM().a * by));
    set({});
  };
  return h('div', { class: 'row zoom', role: 'group', 'aria-label': t('graph.zoom') },
    h('button', { type: 'button', class: 'square small', 'aria-label': t('graph.smaller'), onclick: to(0.8) }, icon('minus')),
    h('button', { type: 'button', class: 'square small', 'aria-label': t('graph.larger'), onclick: to(1.25) }, icon('plus')),
    h('button', { type: 'button', class: 'small', 'aria-pressed': String(scale === 0), onclick: to(0), 'data-test': 'graph-fit' }, t('graph.fit')));
}

function picture(drawing, path, chosen, set) {
  const [width, height] = [drawing.width + 2 * PAD, drawing.height + 2 * PAD];
  const style = !scale ? { 'max-width': `${width}px`, width: '100%', 'min-width': scale === 0 ? '0' : `${Math.round(width * 0.55)}px` } : { width: `${Math.round(width * scale)}px` };
  const taken = (line) => path.edges.has(edgeKey(line.edge));
  const lines = [...drawing.lines].sort((a, b) => Number(taken(a)) - Number(taken(b)));
  return h('svg', { class: scale === 0 ? 'drawing whole' : 'drawing', viewBox: `${-PAD} ${-PAD} ${width} ${height}`, style, 'aria-hidden': 'true' },
    h('defs', null, ['plain', 'taken', 'caught'].map((kind) => h('marker', { key: kind, id: `arrow-${kind}`, class: `arrow ${kind}`, viewBox: '0 0 8 8', refX: '7', refY: '4', markerWidth: '7', markerHeight: '7', orient: 'auto-start-reverse' }, h('path', { d: 'M0 0.8L7.5 4L0 7.2z' })))),
    drawing.boxes.filter((box) => box.node.inner.length > 0).map((box) => boxView(box, path, chosen, set)),
    lines.map((line) => lineView(line, taken(line))),
    drawing.boxes.filter((box) => box.node.inner.length === 0).map((box) => boxView(box, path, chosen, set)));
}

function lineView(line, taken) {
  const kind = taken ? (isCatch(line.edge) ? 'caught' : 'taken') : 'plain';
  return h('path', { key: edgeKey(line.edge), class: `edge ${kind}${isCatch(line.edge) ? ' catch' : ''}`, d: pathOf(line.points), 'marker-end': `url(#arrow-${kind})`, 'data-test': 'graph-edge', 'data-edge': `${line.edge.from} > ${line.edge.to}`, 'data-taken': taken });
}

function boxView(box, path, chosen, set) {
  const outer = box.node.inner.length > 0;
  const names = ['state', box.node.type.toLowerCase(), path.nodes.has(box.id) && 'taken', path.failed.has(box.id) && 'failed', path.current.has(box.id) && 'current', chosen === box.id && 'chosen', outer && 'outer', box.node.ends && 'ends'];
  const [x, y] = [box.x + box.width / 2, outer ? box.y + 17 : box.y + box.height / 2 + 4.5];
  return h('g', { key: box.id, class: names.filter(Boolean).join(' '), onclick: (event) => { event.stopPropagation(); set({ node: box.id }); }, 'data-test': 'graph-node', 'data-node': box.id, 'data-taken': path.nodes.has(box.id), 'data-failed': path.failed.has(box.id) },
    h('rect', { x: box.x, y: box.y, width: box.width, height: box.height, rx: box.node.type === 'Choice' ? box.height / 2 : 6 }),
    box.node.ends && !outer && h('line', { x1: box.x + 10, x2: box.x + box.width - 10, y1: box.y + box.height - 4, y2: box.y + box.height - 4 }),
    h('text', { x, y, 'text-anchor': 'middle' }, box.node.name));
}

function move(event, drawing, node, set) {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[(event.key)];
  if (!by || event.shiftKey) return;
  event.preventDefault();
  const order = [...drawing.boxes].sort((a, b) => a.y - b.y || a.x - b.x);
  const at = order.findIndex((box) => box.id === node);
  const next = order[Math.min(order.length - 1, Math.max(0, at + by))];
  set({ node: next.id });
  queueMicrotask(() => document.querySelector('.state.chosen')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
}

function details(box, path, drawing) {
  if (!box) return h('div', { class: 'state-facts', 'aria-live': 'polite' }, h('p', { class: 'muted' }, t('graph.none')));
  const visits = path.nodes.get(box.id) ?? [];
  const errors = drawing.lines.filter((line) => line.edge.from === box.id && line.edge.errors.length > 0);
  const word = path.current.has(box.id) ? 'current' : path.failed.has(box.id) ? 'failed' : visits.length > 0 ? 'taken' : 'not_taken';
  return h('div', { class: 'state-facts stack-tight', 'aria-live': 'polite', 'data-test': 'state-facts' },
    h('h2', { class: 'small-head' }, box.node.name),
    h('p', { class: 'small muted' }, named('state', box.node.type.toLowerCase()), ' · ', t(`graph.${word}`)),
    box.node.comment && h('p', { class: 'small', lang: 'en' }, box.node.comment),
    errors.length > 0 && h('ul', { class: 'small muted' }, errors.map((line) => h('li', { key: line.edge.to }, h('code', null, line.edge.errors.join(', ')), ' → ', line.edge.to.split('/').pop()))),
    visits.length > 0 && h('ol', { class: 'small passed figures' }, visits.map((visit, index) => h('li', { key: index }, visitWords(visit)))));
}

const visitWords = ({ entered, left, failed }) => [
  h('time', { datetime: entered }, timeExact(entered)),
  left && [' · ', duration(Date.parse(left) - Date.parse(entered))],
  failed && [' · ', h('span', { class: 'bad-text' }, t('graph.failed'))],
];
