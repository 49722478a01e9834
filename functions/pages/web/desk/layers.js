// @ts-check
// Puts the nodes of a graph into layers and in an order with few crossings. Long edges get a
// placeholder in each layer that they pass; edges to the same state share theirs.

/**
 * @typedef {{id: string, width: number, height: number, real: boolean}} Item
 * @typedef {{edge: any, back: boolean, via: string[]}} Route
 */

/** Edges that close a cycle, seen from the start. @returns {Set<any>} */
export function backEdges(start, ids, edges) {
  const out = groupBy(edges, (edge) => edge.from);
  const state = new Map();
  const back = new Set();
  const visit = (id) => {
    state.set(id, 'open');
    for (const edge of out.get(id) ?? []) {
      if (edge.from === edge.to || state.get(edge.to) === 'open') back.add(edge);
      else if (!state.has(edge.to)) visit(edge.to);
    }
    state.set(id, 'done');
  };
  for (const id of [start, ...ids]) if (!state.has(id)) visit(id);
  return back;
}

/** The layer of each node: below all nodes that lead to it. @returns {Map<string, number>} */
export function ranks(ids, arrows) {
  const into = groupBy(arrows, (arrow) => arrow.to);
  const rank = new Map();
  const rankOf = (id) => {
    const known = rank.get(id);
    if (known !== undefined) return known;
    const above = (into.get(id) ?? []).map((arrow) => rankOf(arrow.from) + 1);
    const found = Math.max(0, ...above);
    rank.set(id, found);
    return found;
  };
  ids.forEach(rankOf);
  return pulledDown(ids, arrows, rank);
}

/** A node with nothing above it stands right above the first node that it leads to. */
function pulledDown(ids, arrows, rank) {
  const into = groupBy(arrows, (arrow) => arrow.to);
  const out = groupBy(arrows, (arrow) => arrow.from);
  for (const id of ids) {
    if (into.has(id) || !out.has(id) || rank.get(id) !== 0) continue;
    rank.set(id, Math.min(...out.get(id).map((arrow) => rank.get(arrow.to))) - 1);
  }
  const least = Math.min(...rank.values());
  return new Map([...rank].map(([id, at]) => [id, at - least]));
}

/**
 * @param {string} start
 * @param {Item[]} items
 * @param {any[]} edges
 * @returns {{layers: Item[][], links: [string, string][], routes: Route[]}}
 */
export function layered(start, items, edges) {
  const ids = items.map((item) => item.id);
  const back = backEdges(start, ids, edges);
  const real = edges.filter((edge) => edge.from !== edge.to);
  const arrows = real.map((edge) =>
    back.has(edge) ? { from: edge.to, to: edge.from, edge } : { from: edge.from, to: edge.to, edge });
  const rank = ranks(ids, arrows);
  const layers = Array.from({ length: Math.max(...rank.values()) + 1 }, () => /** @type {Item[]} */ ([]));
  for (const item of items) layers[rank.get(item.id)].push(item);
  const linked = new Map();
  const link = (from, to) => linked.set(`${from}\n${to}`, [from, to]);
  const placed = new Set();
  const routes = arrows.map((arrow) => {
    const via = [];
    const name = `${back.has(arrow.edge) ? 'up' : 'down'} ${arrow.edge.to}`;
    for (let at = rank.get(arrow.from) + 1; at < rank.get(arrow.to); at += 1) {
      const id = `~${name}~${at}`;
      if (!placed.has(id)) layers[at].push({ id, width: 1, height: 0, real: false });
      placed.add(id);
      via.push(id);
    }
    [arrow.from, ...via].forEach((id, at) => link(id, [...via, arrow.to][at]));
    return { edge: arrow.edge, back: back.has(arrow.edge), via };
  });
  return { layers: ordered(layers, [...linked.values()]), links: [...linked.values()], routes };
}

/** The order of least crossings among those that sweeps up and down find. */
export function ordered(layers, links) {
  const below = groupBy(links, (link) => link[0]);
  const above = groupBy(links, (link) => link[1]);
  let now = layers.map((layer) => [...layer]);
  let best = now;
  let fewest = crossings(now, links);
  for (let sweep = 0; sweep < 24 && fewest > 0; sweep += 1) {
    const down = sweep % 2 === 0;
    now = swept(now, down ? above : below, down ? 0 : 1, down);
    const count = crossings(now, links);
    if (count < fewest) [best, fewest] = [now, count];
  }
  return best;
}

function swept(layers, neighbours, side, down) {
  const next = layers.map((layer) => [...layer]);
  const order = layers.map((_, at) => at);
  if (!down) order.reverse();
  for (const at of order.slice(1)) {
    const fixed = next[at + (down ? -1 : 1)];
    const place = new Map(fixed.map((item, index) => [item.id, index]));
    const wish = next[at].map((item, index) => {
      const near = (neighbours.get(item.id) ?? []).map((link) => place.get(link[side])).filter((it) => it !== undefined);
      return { item, index, at: near.length ? near.reduce((sum, it) => sum + it, 0) / near.length : index };
    });
    next[at] = wish.sort((a, b) => a.at - b.at || a.index - b.index).map((it) => it.item);
  }
  return next;
}

/** How many pairs of links cross. @returns {number} */
export function crossings(layers, links) {
  const place = new Map();
  layers.forEach((layer, rank) => layer.forEach((item, index) => place.set(item.id, [rank, index])));
  let count = 0;
  const byRank = groupBy(links, (link) => place.get(link[0])[0]);
  for (const group of byRank.values()) {
    const ends = group.map(([from, to]) => [place.get(from)[1], place.get(to)[1]]);
    for (let a = 0; a < ends.length; a += 1)
      for (let b = a + 1; b < ends.length; b += 1)
        if ((ends[a][0] - ends[b][0]) * (ends[a][1] - ends[b][1]) < 0) count += 1;
  }
  return count;
}

/** @template T, K @param {T[]} list @param {(it: T) => K} key @returns {Map<K, T[]>} */
export function groupBy(list, key) {
  const groups = new Map();
  for (const it of list) {
    const name = key(it);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(it);
  }
  return groups;
}
