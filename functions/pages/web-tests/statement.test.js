import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signOf, stories, subjectOf } from '../web/app/statement.js';

const line = (seq, kind, transaction, more = {}) => ({ seq, kind, transaction, code: '00', mcc: '4722', amount: 100, ...more });
const seqs = (lines) => lines.map(({ seq }) => seq);

test('a payment’s line names its trip or its order', () => {
  assert.deepEqual(subjectOf(line(1, 'capture', 'b-1/payment/capture')), { page: 'bookings', id: 'b-1' });
  assert.deepEqual(subjectOf(line(1, 'refund', 'o-1/payment/refund.1', { mcc: '5999' })), { page: 'orders', id: 'o-1' });
  assert.equal(subjectOf(line(1, 'purchase', 'b-1/payment/capture')), null);
  assert.equal(subjectOf(line(1, 'credit', 'opening-CASH', { mcc: null })), null);
  assert.equal(subjectOf(line(1, 'give_back', null)), null);
});

test('what was set aside and then paid is one line', () => {
  const lines = [line(4, 'credit', 'salary'), line(3, 'capture', 'b-1/payment/capture'), line(2, 'reserve', 'b-2/payment/authorize'), line(1, 'reserve', 'b-1/payment/authorize')];
  const told = stories(lines);
  assert.deepEqual(seqs(told), [4, 3, 2]);
  assert.equal(told[1].reserved.seq, 1);
  assert.equal(told[2].reserved, undefined);
});

test('what was set free again stays two lines, and the payment takes the one that was set aside last', () => {
  const lines = [
    line(4, 'capture', 'b-1/payment.2/capture'),
    line(3, 'reserve', 'b-1/payment.2/authorize'),
    line(2, 'release', 'b-1/payment/withdraw'),
    line(1, 'reserve', 'b-1/payment/authorize'),
  ];
  assert.deepEqual(seqs(stories(lines)), [4, 2, 1]);
});

test('the signs of what is shown add up to the balance', () => {
  const lines = [
    line(6, 'purchase', 'p', { code: '51', amount: 900 }),
    line(5, 'refund', 'b-1/payment/refund.1', { amount: 40 }),
    line(4, 'capture', 'b-1/payment/capture', { amount: 80 }),
    line(3, 'reserve', 'b-1/payment/authorize', { amount: 100 }),
    line(2, 'purchase', 'q', { amount: 10 }),
    line(1, 'credit', 'opening', { amount: 500 }),
  ];
  assert.equal(stories(lines).reduce((sum, each) => sum + signOf(each) * each.amount, 0), 450);
});
