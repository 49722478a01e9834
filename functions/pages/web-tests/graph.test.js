import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEdges, allNodes, graphOf } from '../web/desk/asl.js';
import { backEdges, crossings, layered, ranks } from '../web/desk/layers.js';
import { layout, pathOf } from '../web/desk/layout.js';
import { edgeKey, pathTaken } from '../web/desk/path.js';
import { definition, START } from './histories.js';

const KINDS = ['booking', 'order'];
const graphs = Object.fromEntries(KINDS.map((kind) => [kind, graphOf(definition(kind))]));
const item = (id) => ({ id, width: 100, height: 30, real: true });

test('every state and every way between states of the definitions is read', () => {
  for (const kind of KINDS) {
    const nodes = allNodes(graphs[kind]).map((node) => node.id);
    assert.equal(new Set(nodes).size, nodes.length);
    for (const edge of allEdges(graphs[kind])) assert.ok(nodes.includes(edge.from) && nodes.includes(edge.to), edgeKey(edge));
  }
  assert.ok(allNodes(graphs.booking).some((node) => node.id === 'Unwind/Send to desk'));
  const refused = graphs.booking.edges.find((edge) => edge.from === 'Authorize payment' && edge.to === 'Declined');
  assert.deepEqual([refused.kinds, refused.errors], [['catch'], ['Declined']]);
});

test('the branches of a Parallel state are graphs of their own', () => {
  const branch = (name) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
  const graph = graphOf({ StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches: [branch('A'), branch('A')], End: true } } });
  assert.deepEqual(allNodes(graph).map((node) => node.id), ['Both', 'Both/1/A', 'Both/2/A']);
  const drawing = layout(graph);
  assert.equal(drawing.boxes.length, 3);
});

test('only edges that close a cycle go back', () => {
  const edges = [['a', 'b'], ['b', 'c'], ['c', 'a'], ['a', 'c']].map(([from, to]) => ({ from, to }));
  assert.deepEqual([...backEdges('a', ['a', 'b', 'c'], edges)], [edges[2]]);
});

test('a node stands below all that lead to it', () => {
  const arrows = [['a', 'b'], ['b', 'c'], ['a', 'c'], ['x', 'c']].map(([from, to]) => ({ from, to }));
  const rank = ranks(['a', 'b', 'c', 'x'], arrows);
  assert.deepEqual([...'abcx'].map((id) => rank.get(id)), [0, 1, 2, 1]);
});

test('an order without crossings is found where there is one', () => {
  const edges = [['s', 'a'], ['s', 'b'], ['a', 'y'], ['b', 'x']].map(([from, to]) => ({ from, to }));
  const { layers, links } = layered('s', ['s', 'a', 'b', 'x', 'y'].map(item), edges);
  assert.equal(crossings(layers, links), 0);
});

test('no two states of one level overlap, and what is inside stays inside', () => {
  for (const kind of KINDS) {
    const { boxes, width, height } = layout(graphs[kind]);
    assert.equal(boxes.length, allNodes(graphs[kind]).length);
    for (const box of boxes) {
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width + 0.01 && box.y + box.height <= height + 0.01, box.id);
      const outer = boxes.find((it) => box.id.startsWith(`${it.id}/`));
      if (outer) assert.ok(box.x >= outer.x && box.x + box.width <= outer.x + outer.width, box.id);
      for (const other of boxes) {
        if (other === box || other.depth !== box.depth) continue;
        const apart = box.x + box.width <= other.x || other.x + other.width <= box.x || box.y + box.height <= other.y || other.y + other.height <= box.y;
        assert.ok(apart, `${box.id} and ${other.id}`);
      }
    }
  }
});

test('lines begin and end at the states that they join', () => {
  const { boxes, lines } = layout(graphs.booking);
  const byId = new Map(boxes.map((box) => [box.id, box]));
  for (const { edge, points } of lines) {
    const ends = [[edge.from, points[0]], [edge.to, points[points.length - 1]]];
    for (const [id, [x, y]] of ends) {
      const box = byId.get(id);
      assert.ok(x >= box.x && x <= box.x + box.width && (Math.abs(y - box.y) < 0.1 || Math.abs(y - box.y - box.height) < 0.1), edgeKey(edge));
    }
    assert.match(pathOf(points), /^M[\d.-]+ [\d.-]+[LC]/);
  }
});

test('a definition of a hundred states is laid out in good time', () => {
  const States = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`State ${at}`, {
    Type: 'Task', Next: `State ${Math.min(99, at + 1)}`, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'State 99' }] }]));
  const began = performance.now();
  layout(graphOf({ StartAt: 'State 0', States }));
  assert.ok(performance.now() - began < 2000);
});

/** An execution whose states are entered every ten milliseconds, `[name, left]` where one is left at another time. */
const execution = (states, ended = null) => ({
  name: 'e', status: ended === null ? 'RUNNING' : 'SUCCEEDED', started: moment(0), ended: ended === null ? null : moment(ended),
  states: states.map((state, index) => ({ entered: moment(10 * index), left: moment(10 * index + 10), ...(typeof state === 'string' ? { name: state } : state) })),
});
const moment = (ms) => new Date(START + ms).toISOString();
const open = (name, more = {}) => ({ name, left: null, ...more });

test('names are unique in a definition, so a history names its nodes', () => {
  for (const kind of KINDS) {
    const names = allNodes(graphs[kind]).map((node) => node.name);
    assert.equal(new Set(names).size, names.length);
  }
});

test('the path leads through the states that were entered, and ends where the execution is', () => {
  const path = pathTaken(graphs.booking, [execution([open('Open', { left: moment(10) }), 'Hold legs', 'Hold', 'Ready?', open('Await traveller')])]);
  assert.deepEqual([...path.nodes.keys()], ['Open', 'Hold legs', 'Hold legs/Hold', 'Ready?', 'Await traveller']);
  assert.deepEqual([...path.edges], ['Open\nHold legs', 'Hold legs\nReady?', 'Ready?\nAwait traveller']);
  assert.deepEqual([[...path.current], path.last], [['Await traveller'], 'Await traveller']);
});

test('parts that pass a Map side by side take each way that one of them takes', () => {
  const states = ['Begin unwinding', open('Unwind'), 'Over the broker?', 'Over the broker?', 'Undo', open('Undo over the broker')];
  const { edges, nodes, current } = pathTaken(graphs.order, [execution(states)]);
  for (const to of ['Undo', 'Undo over the broker']) assert.ok(edges.has(`Unwind/Over the broker?\nUnwind/${to}`), to);
  assert.ok(!edges.has('Unwind/Undo\nUnwind/Undo over the broker'));
  assert.equal(nodes.get('Unwind/Over the broker?').length, 2);
  assert.deepEqual([...current], ['Unwind/Undo over the broker']);
});

test('a state that failed is marked, where the error led and where an execution ended', () => {
  const states = ['Open', 'Hold legs', 'Ready?', { name: 'Authorize payment', failed: true }, 'Begin unwinding', 'Unwind', 'Close', 'Ended well?', open('Needs attention', { failed: true })];
  const { edges, failed, current } = pathTaken(graphs.booking, [execution(states, 90)]);
  assert.ok(edges.has('Authorize payment\nBegin unwinding'));
  assert.deepEqual([[...failed], [...current]], [['Authorize payment', 'Needs attention'], []]);
});

test('at a moment the path ends in the state that it was in', () => {
  const all = [execution(['Open', 'Hold legs', 'Ready?', { name: 'Authorize payment', failed: true }, 'Begin unwinding'], 50)];
  const early = pathTaken(graphs.booking, all, START + 15);
  assert.deepEqual([[...early.nodes.keys()], [...early.current]], [['Open', 'Hold legs'], ['Hold legs']]);
  const later = pathTaken(graphs.booking, all, START + 35);
  assert.deepEqual([[...later.current], [...later.failed]], [['Authorize payment'], []]);
  assert.deepEqual([...pathTaken(graphs.booking, all, START + 50).current], []);
});

test('no edge leads from one execution to the next', () => {
  const { edges, nodes } = pathTaken(graphs.booking, [execution(['Open', 'Hold legs'], 20), execution(['Ready?'], 10)]);
  assert.deepEqual([[...edges], nodes.size], [['Open\nHold legs'], 3]);
});

test('a definition with other states only loses colours, and so does a history that is gone', () => {
  const other = graphOf({ StartAt: 'Anything', States: { Anything: { Type: 'Pass', End: true } } });
  assert.equal(pathTaken(other, [execution(['Open', 'Hold legs'])]).nodes.size, 0);
  const { last, current } = pathTaken(other, []);
  assert.deepEqual([last, current.size], [null, 0]);
});
