import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenBack, isGivingBack, owesNothing, sumsOf } from '../web/app/sums.js';

const money = (amount) => ({ amount, currency: 'BRL' });
const leg = (id, status, amount) => ({ id, status, price: amount === null ? null : money(amount) });
const trip = (legs, total, payment, status = 'booked') => ({ legs, total: money(total), payment, status });
const captured = { status: 'captured', refunded: null };
const partly = (amount) => ({ status: 'partly_refunded', refunded: money(amount) });
const ids = (booking) => givenBack(booking).map(({ id }) => id);

test('a trip of which nothing was given back has one price', () => {
  assert.equal(sumsOf(trip([leg('out', 'confirmed', 100)], 100, captured)), null);
  assert.equal(sumsOf(trip([leg('out', 'held', 100)], 100, { status: 'none', refunded: null }, 'awaiting_payment')), null);
});

test('paid, refunded and what remains are the booking’s own figures', () => {
  const cancelled = trip([leg('out', 'confirmed', 100), leg('hotel', 'released', 300)], 400, partly(240));
  assert.deepEqual(sumsOf(cancelled), { paid: money(400), refunded: money(240), remains: money(160) });
});

test('a part that brings nothing back is told all the same', () => {
  const cancelled = trip([leg('out', 'confirmed', 100), leg('hotel', 'released', 300)], 400, captured);
  assert.deepEqual(sumsOf(cancelled), { paid: money(400), refunded: money(0), remains: money(400) });
});

test('a payment that was refunded without a sum came back whole', () => {
  const undone = trip([leg('out', 'released', 100)], 100, { status: 'refunded', refunded: null }, 'failed');
  assert.deepEqual(sumsOf(undone).remains, money(0));
});

test('what was taken out before paying is none of what was given back', () => {
  const legs = [leg('out', 'confirmed', 100), leg('car', 'released', 70), leg('hotel', 'released', 300), leg('train', 'refused', null)];
  assert.deepEqual(ids(trip(legs, 400, partly(300))), ['hotel']);
  assert.deepEqual(ids(trip(legs, 100, captured)), []);
  assert.deepEqual(ids(trip(legs, 470, partly(370))), ['car', 'hotel']);
});

test('nothing is owed where the trip is undone and no money was taken', () => {
  const ended = (status, payment) => owesNothing(trip([], 100, { status: payment }, status));
  for (const payment of ['none', 'declined', 'voided']) assert.ok(ended('cancelled', payment), payment);
  for (const payment of ['refunded', 'pending', 'unknown', 'release_failed']) assert.ok(!ended('cancelled', payment), payment);
  assert.ok(!ended('awaiting_payment', 'none'));
});

test('a sum is told once the refund is made', () => {
  const legs = [leg('out', 'confirmed', 100), leg('hotel', 'released', 300)];
  assert.ok(isGivingBack(trip(legs, 400, captured, 'cancelling')));
  assert.ok(!isGivingBack(trip(legs, 400, partly(240))));
});
