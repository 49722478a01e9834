// The graph of a saga: its definition, laid out once for each kind, and the path of its executions, which is live.
import { get, part } from '../core/api.js';
import { h } from '../core/dom.js';
import { skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { graphOf } from './asl.js';
import { graphView } from './graph-view.js';
import { kept, unseen } from './kept.js';
import { layout } from './layout.js';

/** Histories are asked for when their saga changes. An execution goes on a little after an event: what has changed is asked for once more. */
const EVERY = 30_000;
const SOON = 1_500;

/** @type {Map<string, {graph: any, drawing: any}>} */
const drawn = new Map();

/** `changed` is to be called when the saga has changed. */
export function sagaGraph({ saga_id: id, saga_name: kind }, draw) {
  const it = { definition: drawn.get(kind), problem: null };
  let soon;
  const path = kept(`sagas/${part(id)}/path?kind=${part(kind)}`, { draw, every: EVERY, onBody: ({ executions }) => executions.some(({ ended }) => !ended) && changed() });
  const changed = () => {
    clearTimeout(soon);
    soon = setTimeout(() => path.again(), SOON);
  };
  const define = async () => {
    try {
      it.problem = null;
      const graph = graphOf(await get(`definitions/${part(kind)}`));
      it.definition = { graph, drawing: layout(graph) };
      drawn.set(kind, it.definition);
    } catch (error) {
      it.problem = error;
    }
    draw();
  };
  if (!it.definition) define();
  const wait = () => h('div', { class: 'graph-wait' }, skeleton(3, 'block'));
  return {
    changed,
    view(at, chosen, set) {
      if (it.problem) return problemBox(it.problem, define);
      return (it.definition ? null : wait()) ?? unseen(path, wait) ?? graphView(at, it.definition, path.body, chosen, set);
    },
    stop() {
      clearTimeout(soon);
      path.stop();
    },
  };
}
