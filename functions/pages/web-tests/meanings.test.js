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

test('a word alone is no id', () => assert.deepEqual(['Lisbon', 'ana@example.com', 'b 1'].map(whats), [[], [], []]));

test('a beginning and the short form find sagas that lists have shown', () => {
  const known = [{ kind: 'booking', id: 'b-32260000a191' }, { kind: 'order', id: 'o-32260000a191' }, { kind: 'booking', id: 'page-10' }];
  const found = (text) => meaningsOf(text, known).map(({ what, of }) => `${what} ${of}`);
  assert.deepEqual(found('b-3226…a191'), ['known b-32260000a191']);
  assert.deepEqual(found('b-3226...a191'), ['known b-32260000a191']);
  assert.equal(found('b-322')[0], 'known b-32260000a191');
  assert.deepEqual(found('b-3226…ffff'), []);
  // A name that the caller chose may be the beginning of another one: what was typed in full goes first.
  assert.deepEqual(found('page-1').slice(0, 2), ['saga page-1', 'known page-10']);
  assert.equal(found('b-32260000a191')[0], 'saga b-32260000a191');
});

test('a filter keeps the customer, and loses a status that the kind does not have', () => {
  const wanted = { customer: 'cus_1', kind: 'booking', status: 'booked' };
  assert.deepEqual(wantedOf(wanted, { kind: 'order' }), { customer: 'cus_1', kind: 'order', status: '' });
  assert.deepEqual(wantedOf(wanted, { kind: '' }), { customer: 'cus_1', kind: '', status: 'booked' });
  assert.deepEqual(wantedOf(wanted, { customer: '' }), { ...wanted, customer: '' });
});
