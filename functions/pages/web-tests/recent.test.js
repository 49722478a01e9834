import assert from 'node:assert/strict';
import { test } from 'node:test';

const listeners = [];
Object.assign(globalThis, { location: { hash: '#/sagas/booking/b-1' }, addEventListener: (name, listener) => listeners.push(listener) });
const { cameFrom, followLists, known, noteListed, remember } = await import('../web/desk/recent.js');
const goes = (hash) => {
  location.hash = hash;
  listeners.forEach((listener) => listener());
  return cameFrom().to;
};

test('a saga leads back to the list that was seen last, with its filter', () => {
  followLists();
  assert.equal(cameFrom().to, '#/sagas');
  assert.equal(goes('#/?kind=order'), '#/?kind=order');
  assert.equal(goes('#/sagas/order/o-1?view=graph'), '#/?kind=order');
  assert.equal(cameFrom().name, 'desk.waiting');
  assert.equal(goes('#/nowhere'), '#/?kind=order');
  assert.equal(goes(''), '#/');
});

test('a saga that was looked at and listed is known once', () => {
  remember('booking', 'b-1');
  noteListed(['booking/b-1', 'order/o-1']);
  assert.deepEqual(known(), [{ kind: 'booking', id: 'b-1' }, { kind: 'order', id: 'o-1' }]);
});
