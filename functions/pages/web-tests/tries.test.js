import assert from 'node:assert/strict';
import { test } from 'node:test';
import { triesOf } from '../web/desk/tries.js';

const AT = '2027-01-01T00:00:00Z';

test('a leg counts the calls of all kinds that came to nothing', () => assert.deepEqual(triesOf({ leg: 'hotel', action: 'release', attempts: 8, handed_over: AT }), { key: 'waiting.calls', count: 8 }));

test('of what is not counted nothing is said', () => {
  assert.equal(triesOf({ leg: 'payment', action: 'void', attempts: 0, handed_over: AT }), null);
  assert.equal(triesOf({ step: 'ship_order', action: 'cancel_shipment', attempts: 0, handed_over: null }), null);
});

test('an order’s undo was tried once more than it was repeated, a capture as often as it says', () => {
  assert.equal(triesOf({ step: 'ship_order', action: 'cancel_shipment', attempts: 0, handed_over: AT }).count, 1);
  assert.equal(triesOf({ step: 'ship_order', action: 'cancel_shipment', attempts: 3, handed_over: AT }).count, 4);
  assert.equal(triesOf({ step: 'capture_payment', action: 'capture_payment', attempts: 3, handed_over: AT }).count, 3);
});
