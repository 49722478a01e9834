import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meaningsOf } from '../web/desk/meanings.js';
import { wantedOf } from '../web/desk/statuses.js';

const whats = (text) => meaningsOf(text).map(({ what, of }) => `${what} ${of}`);

test('a customer’s id leads to all of their sagas first, then to those that wait', () => assert.deepEqual(whats('cus_1'), ['customer cus_1', 'waiting cus_1', 'saga cus_1']));

test('an id may be a saga’s or a customer’s', () => assert.deepEqual(whats('b-1'), ['saga b-1', 'customer b-1', 'waiting b-1']));

test('a status is found by how it begins, and what is no id leads nowhere else', () => {
  assert.equal(whats('book')[0], 'status booked');
  assert.deepEqual(whats('needs att'), ['status needs_attention']);
  assert.deepEqual(whats('ç ~'), []);
});

test('a filter keeps the customer, and loses a status that the kind does not have', () => {
  const wanted = { customer: 'cus_1', kind: 'booking', status: 'booked' };
  assert.deepEqual(wantedOf(wanted, { kind: 'order' }), { customer: 'cus_1', kind: 'order', status: '' });
  assert.deepEqual(wantedOf(wanted, { kind: '' }), { customer: 'cus_1', kind: '', status: 'booked' });
  assert.deepEqual(wantedOf(wanted, { customer: '' }), { ...wanted, customer: '' });
});
