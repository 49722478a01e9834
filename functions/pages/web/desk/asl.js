// @ts-check
// Reads a state machine's definition as a graph. Knows nothing of drawing.

/**
 * @typedef {{id: string, name: string, type: string, comment: string, ends: boolean, inner: Graph[]}} Node
 * @typedef {{from: string, to: string, kinds: string[], errors: string[]}} Edge
 * @typedef {{start: string, nodes: Node[], edges: Edge[]}} Graph
 */

/** @param {any} definition @returns {Graph} */
export const graphOf = (definition) => read(definition, '');

/** States of a Map or of a branch are named below their state: `Hold legs/Hold`. */
function read(machine, prefix) {
  const states = Object.entries(machine.States ?? {});
  const id = (name) => prefix + name;
  const known = new Set(states.map(([name]) => name));
  /** @type {Map<string, Edge>} */
  const edges = new Map();
  const join = (from, to, kind, errors = []) => {
    if (!known.has(to)) return;
    const key = `${from}\n${to}`;
    const edge = edges.get(key) ?? { from: id(from), to: id(to), kinds: [], errors: [] };
    if (!edge.kinds.includes(kind)) edge.kinds.push(kind);
    edge.errors.push(...errors.filter((error) => !edge.errors.includes(error)));
    edges.set(key, edge);
  };
  for (const [name, state] of states) joinAll(name, state, join);
  return {
    start: id(machine.StartAt),
    nodes: states.map(([name, state]) => nodeOf(id(name), name, state)),
    edges: [...edges.values()],
  };
}

function joinAll(name, state, join) {
  if (state.Next) join(name, state.Next, 'next');
  for (const choice of state.Choices ?? []) join(name, choice.Next, 'choice');
  if (state.Default) join(name, state.Default, 'default');
  for (const caught of state.Catch ?? []) join(name, caught.Next, 'catch', caught.ErrorEquals ?? []);
}

/** @returns {Node} */
function nodeOf(id, name, state) {
  const machines = [...(state.Branches ?? []), state.ItemProcessor ?? state.Iterator].filter(Boolean);
  const several = machines.length > 1;
  return {
    id,
    name,
    type: state.Type,
    comment: state.Comment ?? '',
    ends: Boolean(state.End) || state.Type === 'Succeed' || state.Type === 'Fail',
    inner: machines.map((machine, at) => read(machine, several ? `${id}/${at + 1}/` : `${id}/`)),
  };
}

/** Every node with those inside it, outer first. @param {Graph} graph @returns {Node[]} */
export const allNodes = (graph) =>
  graph.nodes.flatMap((node) => [node, ...node.inner.flatMap(allNodes)]);

/** Every edge with those inside. @param {Graph} graph @returns {Edge[]} */
export const allEdges = (graph) =>
  [...graph.edges, ...graph.nodes.flatMap((node) => node.inner.flatMap(allEdges))];

/** Whether only errors lead along this edge. @param {Edge} edge */
export const isCatch = (edge) => edge.kinds.every((kind) => kind === 'catch');
