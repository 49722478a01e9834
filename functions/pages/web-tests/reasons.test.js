import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonOf } from '../web/app/reasons.js';
import en from '../web/app/words/en.js';

const key = (reason) => reasonOf(reason).key;

test('the error and the message of a step become one reason, of the part that it is about', () => {
  assert.deepEqual(reasonOf('confirm hotel: Refused: refused, as scripted'), { key: 'refused', values: {}, part: 'hotel' });
  assert.deepEqual(reasonOf('hold out: Refused: sold out: 0 of 2 seats left'), { key: 'sold_out', values: {}, part: 'out' });
  assert.equal(key('payment: Declined: card declined'), 'card declined');
  assert.equal(key('hold car: States.Timeout'), 'no_answer');
  assert.equal(key('traveller: Cancelled'), 'given_up');
  assert.equal(key('cancelled by the customer'), 'cancelled by the customer');
});

test('a part of a trip that is undone is told why the trip is, and not why another part failed', () => {
  assert.equal(key('the trip is undone'), 'undone');
  assert.equal(key('the trip is undone: confirm hotel: Refused: refused, as scripted'), 'undone');
  assert.equal(key('the trip is undone: traveller: Cancelled'), 'given_up');
  assert.equal(key('the trip is undone: HoldExpired: the hold ended at 2027-03-01T12:00:00Z; nothing was paid'), 'hold_over');
});

test('what a reason counts is told', () => {
  assert.deepEqual(reasonOf('BOOK-001: 9 wanted, 2 left').values, { left: '2' });
  assert.deepEqual(reasonOf('check_credit: Refused: more than the limit of BRL 1000').values, { limit: 'BRL 1000' });
});

test('an unknown reason has a general sentence, and the rest is kept', () => {
  assert.deepEqual(reasonOf('hold car: Refused: Our desk is closed: try noon'), { key: 'refused', part: 'car', rest: 'Our desk is closed: try noon' });
  assert.deepEqual(reasonOf('fully booked'), { key: 'other', part: undefined, rest: 'fully booked' });
});

test('every reason has words', () => {
  const reasons = ['sold out', 'A: 2 wanted, 1 left', 'more than the limit of X', 'insufficient balance', 'no such account', 'declined at the traveller\'s bank', 'refused, as scripted',
    'the payment was not decided in time', 'not completed by noon', 'the hold ended at noon', 'cancelled by the customer', 'dropped by the traveller',
    'the traveller gave the booked trip back', 'Refused', 'HoldExpired', 'Cancelled', 'Unavailable', 'SupplierDown: down', 'the trip is undone', 'anything else'];
  for (const reason of reasons) assert.ok(`reason.${key(reason)}` in en, reason);
});
