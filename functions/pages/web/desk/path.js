// @ts-check
// Which states of its definition a saga has entered, by the histories of its executions.
import { allEdges, allNodes } from './asl.js';
import { groupBy } from './layers.js';

/**
 * @typedef {{name: string, entered: string, left: string|null, failed?: boolean}} Visit
 * @typedef {{name: string, status: string, started: string, ended: string|null, states: Visit[], is_complete: boolean}} Execution
 * @typedef {{nodes: Map<string, Visit[]>, edges: Set<string>, current: Set<string>, failed: Set<string>, last: string|null}} Path
 * The nodes with the visits to them; the edges by `edgeKey`; `current` where executions are, the innermost states alone.
 */

/** @param {import('./asl.js').Edge} edge */
export const edgeKey = (edge) => `${edge.from}\n${edge.to}`;

/** The path until a moment. Histories name states, and names are unique in a definition. @param {import('./asl.js').Graph} graph @param {Execution[]} executions @param {number} [until] milliseconds @returns {Path} */
export function pathTaken(graph, executions, until = Infinity) {
  const ids = new Map(allNodes(graph).map((node) => [node.name, node.id]));
  const into = groupBy(allEdges(graph), (edge) => edge.to);
  /** @type {Path} */
  const path = { nodes: new Map(), edges: new Set(), current: new Set(), failed: new Set(), last: null };
  for (const execution of executions) {
    /** @type {Map<string, number>} */
    const seen = new Map();
    execution.states.forEach((visit, index) => {
      const id = ids.get(visit.name);
      if (!id || Date.parse(visit.entered) > until) return;
      const edge = cameBy(into.get(id) ?? [], seen);
      if (edge) path.edges.add(edgeKey(edge));
      path.nodes.set(id, [...(path.nodes.get(id) ?? []), visit]);
      if (isThere(visit, execution, until)) path.current.add(id);
      else if (visit.failed) path.failed.add(id);
      seen.set(id, index);
      path.last = id;
    });
  }
  for (const id of path.current) for (const outer of path.current) if (id.startsWith(`${outer}/`)) path.current.delete(outer);
  return path;
}

/** The parts of a Map pass its states side by side: the state that leads here and was entered last is where one came from. @param {import('./asl.js').Edge[]} edges @param {Map<string, number>} seen */
const cameBy = (edges, seen) => edges.filter((edge) => seen.has(edge.from)).sort((a, b) => Number(seen.get(b.from)) - Number(seen.get(a.from)))[0];

/** A state that an execution did not leave is left with the execution. @param {Visit} visit @param {Execution} execution @param {number} until */
function isThere({ left }, { ended }, until) {
  const gone = left ?? ended;
  return gone === null || Date.parse(gone) > until;
}
