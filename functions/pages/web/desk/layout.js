// @ts-check
// Gives every state of a definition its place, and every edge its points. The states within a Map or
// a Parallel are laid out first; their state then has the size of what is in it.
import { groupBy, layered } from './layers.js';

/** Sizes in the drawing's own unit, which is a pixel at scale 1. */
export const SIZES = {
  height: 34, letter: 7.2, padding: 30, least: 88, gap: 22, lane: 14, layer: 36, inset: 14, title: 26,
};

/**
 * @typedef {{id: string, node: import('./asl.js').Node, x: number, y: number, width: number,
 *   height: number, depth: number}} Box
 * @typedef {{edge: import('./asl.js').Edge, points: [number, number][]}} Line
 * @typedef {{boxes: Box[], lines: Line[], width: number, height: number}} Drawing
 */

/** @param {import('./asl.js').Graph} graph @returns {Drawing} */
export function layout(graph, depth = 0) {
  const inner = new Map(graph.nodes.map((node) => [node.id, insides(node, depth)]));
  const items = graph.nodes.map((node) => ({ id: node.id, real: true, ...sizeOf(node, inner.get(node.id)) }));
  const { layers, links, routes } = layered(graph.start, items, graph.edges);
  const xs = columns(layers, links, routes.map((route) => route.via));
  const ys = rows(layers);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const boxes = layers.flatMap((layer, at) => layer.filter((item) => item.real).map((item) => ({
    id: item.id, node: byId.get(item.id), depth, width: item.width, height: item.height,
    x: xs.get(item.id) - item.width / 2, y: ys[at].middle - item.height / 2,
  })));
  const lines = drawn(routes, boxes, xs, layerOf(layers), ys);
  const drawing = shifted({ boxes, lines });
  const nested = drawing.boxes.flatMap((box) => placedInside(box, inner.get(box.id)));
  return {
    ...drawing,
    boxes: [...drawing.boxes, ...nested.flatMap((it) => it.boxes)],
    lines: [...drawing.lines, ...nested.flatMap((it) => it.lines)],
  };
}

const insides = (node, depth) => node.inner.map((graph) => layout(graph, depth + 1));

function sizeOf(node, inner) {
  const label = Math.max(SIZES.least, node.name.length * SIZES.letter + SIZES.padding);
  if (inner.length === 0) return { width: label, height: SIZES.height };
  const across = inner.reduce((sum, it) => sum + it.width, 0) + SIZES.gap * (inner.length - 1);
  return {
    width: Math.max(label, across + 2 * SIZES.inset),
    height: SIZES.title + Math.max(...inner.map((it) => it.height)) + SIZES.inset,
  };
}

function placedInside(box, inner) {
  const across = inner.reduce((sum, it) => sum + it.width, 0) + SIZES.gap * (inner.length - 1);
  let x = box.x + (box.width - across) / 2;
  return inner.map((drawing) => {
    const moved = moveBy(drawing, x, box.y + SIZES.title);
    x += drawing.width + SIZES.gap;
    return moved;
  });
}

/** Columns that are near those of each node's neighbours, and leave room within each layer. */
export function columns(layers, links, chains = []) {
  const xs = new Map();
  for (const layer of layers) spread(layer, layer.map(() => 0), layer.map(() => 1), xs);
  const near = new Map();
  for (const [from, to] of links) {
    near.set(from, [...(near.get(from) ?? []), [to, 1]]);
    near.set(to, [...(near.get(to) ?? []), [from, 0]]);
  }
  for (let round = 0; round < 32; round += 1) {
    const down = round % 2 === 0;
    const side = down ? 0 : 1;
    for (const layer of down ? layers : [...layers].reverse()) {
      const wishes = layer.map((item) => {
        const all = near.get(item.id) ?? [];
        const those = round < 28 ? all.filter((it) => it[1] === side) : all;
        const from = those.length ? those : all;
        return from.length ? from.reduce((sum, it) => sum + xs.get(it[0]), 0) / from.length : xs.get(item.id);
      });
      spread(layer, wishes, layer.map((item) => (item.real ? 1 : 3)), xs);
    }
  }
  for (let round = 0; round < 8; round += 1) straighten(layers, chains, xs);
  return xs;
}

/** Long edges run straight down where there is room for them. */
function straighten(layers, chains, xs) {
  const wish = new Map();
  const longest = [...chains].sort((a, b) => a.length - b.length);
  for (const chain of longest) {
    const across = chain.map((id) => xs.get(id)).sort((a, b) => a - b);
    for (const id of chain) wish.set(id, across[Math.floor(across.length / 2)]);
  }
  for (const layer of layers)
    spread(layer, layer.map((item) => wish.get(item.id) ?? xs.get(item.id)), layer.map((item) => (item.real ? 1 : 4)), xs);
}

/** The places nearest to the wishes that keep order and distance: neighbours in conflict are pooled. */
function spread(layer, wishes, weights, xs) {
  const offsets = [];
  layer.reduce((sum, item, at) => {
    const before = layer[at - 1];
    const gap = before ? (before.width + item.width) / 2 + (before.real && item.real ? SIZES.gap : SIZES.lane) : 0;
    offsets.push(sum + gap);
    return sum + gap;
  }, 0);
  const pools = [];
  layer.forEach((_, at) => {
    let pool = { from: at, weight: weights[at], mean: wishes[at] - offsets[at] };
    while (pools.length && pools[pools.length - 1].mean >= pool.mean) {
      const last = pools.pop();
      const weight = last.weight + pool.weight;
      pool = { from: last.from, weight, mean: (last.mean * last.weight + pool.mean * pool.weight) / weight };
    }
    pools.push(pool);
  });
  pools.forEach((pool, index) => {
    const end = pools[index + 1]?.from ?? layer.length;
    for (let at = pool.from; at < end; at += 1) xs.set(layer[at].id, pool.mean + offsets[at]);
  });
}

function rows(layers) {
  let top = 0;
  return layers.map((layer) => {
    const height = Math.max(SIZES.height, ...layer.map((item) => item.height));
    const row = { top, bottom: top + height, middle: top + height / 2 };
    top += height + SIZES.layer;
    return row;
  });
}

const layerOf = (layers) => new Map(layers.flatMap((layer, at) => layer.map((item) => [item.id, at])));

/** Lines from node to node. Those that begin or end at one node are spread along its edge. */
function drawn(routes, boxes, xs, layer, ys) {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const ends = routes.map(({ edge, back, via }) => {
    const [upper, lower] = back ? [edge.to, edge.from] : [edge.from, edge.to];
    return { edge, back, via, upper, lower };
  });
  const leave = ports(ends, 'upper', (end) => end.via[0] ?? end.lower, byId, xs);
  const arrive = ports(ends, 'lower', (end) => end.via[end.via.length - 1] ?? end.upper, byId, xs);
  return ends.map((end) => {
    const [upper, lower] = [byId.get(end.upper), byId.get(end.lower)];
    const points = [[leave.get(end), upper.y + upper.height]];
    if (upper.y + upper.height < ys[layer.get(end.upper)].bottom)
      points.push([leave.get(end), ys[layer.get(end.upper)].bottom]);
    for (const id of end.via) {
      const { top, bottom } = ys[layer.get(id)];
      points.push([xs.get(id), top], [xs.get(id), bottom]);
    }
    if (lower.y > ys[layer.get(end.lower)].top) points.push([arrive.get(end), ys[layer.get(end.lower)].top]);
    points.push([arrive.get(end), lower.y]);
    if (end.back) points.reverse();
    return { edge: end.edge, points };
  });
}

function ports(ends, side, towards, byId, xs) {
  const found = new Map();
  for (const [id, group] of groupBy(ends, (end) => end[side])) {
    const box = byId.get(id);
    const targets = [...groupBy(group, towards)].sort((a, b) => xs.get(a[0]) - xs.get(b[0]));
    const step = Math.min(18, (box.width - 24) / targets.length);
    targets.forEach(([, those], at) => {
      const x = box.x + box.width / 2 + (at - (targets.length - 1) / 2) * step;
      for (const end of those) found.set(end, x);
    });
  }
  return found;
}

/** The drawing with its upper left corner at 0, 0. */
function shifted({ boxes, lines }) {
  const points = lines.flatMap((line) => line.points);
  const left = Math.min(...boxes.map((box) => box.x), ...points.map(([x]) => x));
  const right = Math.max(...boxes.map((box) => box.x + box.width), ...points.map(([x]) => x));
  const height = Math.max(...boxes.map((box) => box.y + box.height));
  return { ...moveBy({ boxes, lines }, -left, 0), width: right - left, height };
}

const moveBy = ({ boxes, lines }, x, y) => ({
  boxes: boxes.map((box) => ({ ...box, x: box.x + x, y: box.y + y })),
  lines: lines.map((line) => ({ ...line, points: line.points.map(([px, py]) => /** @type {[number, number]} */ ([px + x, py + y])) })),
});

/** An SVG path through the points: straight within a layer, bent between layers. */
export function pathOf(points) {
  const parts = [`M${round(points[0][0])} ${round(points[0][1])}`];
  for (let at = 1; at < points.length; at += 1) {
    const [[x, y], [toX, toY]] = [points[at - 1], points[at]];
    const middle = round((y + toY) / 2);
    if (Math.abs(x - toX) < 0.5) parts.push(`L${round(toX)} ${round(toY)}`);
    else parts.push(`C${round(x)} ${middle} ${round(toX)} ${middle} ${round(toX)} ${round(toY)}`);
  }
  return parts.join('');
}

const round = (number) => Math.round(number * 10) / 10;
