import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEdges, allNodes, graphOf } from '../web/desk/asl.js';
import { backEdges, crossings, layered, ranks } from '../web/desk/layers.js';
import { layout, pathOf } from '../web/desk/layout.js';
import { edgeKey, pathTaken } from '../web/desk/path.js';
import { definition, saga, stuckBooking } from './histories.js';

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

test('the path of a booking that could not be undone leads through the desk', () => {
  const { nodes, edges, current } = pathTaken('booking', graphs.booking, stuckBooking().events);
  for (const id of ['Open', 'Hold legs/Hold', 'Ready?', 'Authorize payment', 'Confirm legs', 'Unwind/Send to desk', 'Needs attention'])
    assert.ok(nodes.has(id), id);
  for (const id of ['Await traveller', 'Declined', 'Settle', 'Ended', 'Hold legs/Not held']) assert.ok(!nodes.has(id), id);
  assert.ok(edges.has('Confirm legs\nBegin unwinding') && edges.has('Unwind/Undo\nUnwind/Send to desk'));
  assert.equal(current, null);
});

test('the path of a booking under way ends where it is', () => {
  const { current, edges } = pathTaken('booking', graphs.booking, saga('booking', 'awaiting_payment', [
    [0, 'booking_opened', 'open', { booking: 'holding', out: 'pending', payment: 'none' }],
    [10, 'leg_held', 'flight', { out: 'held' }],
    [20, 'timer_tightened', 'booking', { booking: 'awaiting_payment' }, []],
  ]).events);
  assert.equal(current, 'Await traveller');
  assert.ok(edges.has('Ready?\nAwait traveller'));
});

test('the path of an order follows its steps, and the undos over the broker', () => {
  const { nodes, edges } = pathTaken('order', graphs.order, saga('order', 'failed', [
    [0, 'order_filled', 'place', { order: 'pending', place_order: 'normal success', remove_from_stock: 'normal pending', generate_invoice: 'normal pending' }],
    [10, 'stock_requested', 'ask', { remove_from_stock: 'normal running' }],
    [20, 'order_created', 'answers', { order: 'created', remove_from_stock: 'normal success' }],
    [30, 'invoicing_refused', 'answers', { order: 'cancelling', generate_invoice: 'normal failed' }],
    [40, 'stock_return_requested', 'ask', { remove_from_stock: 'compensate compensating' }],
    [50, 'stock_put_back', 'answers', { remove_from_stock: 'compensate compensated' }],
    [60, 'order_failed', 'close', { order: 'failed' }, []],
  ]).events);
  assert.ok(edges.has('Generate invoice\nBegin unwinding') && edges.has('Ended well?\nEnded'));
  assert.ok(nodes.has('Unwind/Undo over the broker') && !nodes.has('Unwind/Undo'));
});

test('a definition with other states only loses colours', () => {
  const other = graphOf({ StartAt: 'Anything', States: { Anything: { Type: 'Pass', End: true } } });
  assert.deepEqual([...pathTaken('booking', other, stuckBooking().events).nodes], []);
});
