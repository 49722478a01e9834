import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standKey } from '../web/app/stand.js';

const trip = (status, payment, more = {}) => ({ status, payment: { status: payment }, legs: [{ status: 'held' }], under_way: null, ...more });
const stands = (booking, how = {}) => standKey(booking, { expired: false, paying: false, ...how });

test('a declined payment is told until the next one is made', () => {
  assert.equal(stands(trip('awaiting_payment', 'declined')), 'declined');
  assert.equal(stands(trip('awaiting_payment', 'declined'), { paying: true }), 'paying');
  assert.equal(stands(trip('awaiting_payment', 'declined', { under_way: 'pay' })), 'paying');
  assert.equal(stands(trip('paying', 'declined')), 'paying');
});

test('a bank that has not decided is told until something else pays', () => {
  assert.equal(stands(trip('paying', 'pending')), 'pending');
  assert.equal(stands(trip('paying', 'pending'), { paying: true }), 'paying');
});

test('a trip that holds nothing is empty, and one whose time is over has expired', () => {
  assert.equal(stands(trip('awaiting_payment', 'none', { legs: [{ status: 'released' }] })), 'empty');
  assert.equal(stands(trip('awaiting_payment', 'none'), { expired: true }), 'expired');
  assert.equal(stands(trip('booked', 'captured')), 'booked');
});

test('a trip that is undone but for a part is told as not booked, and one that is owed for as in our hands', () => {
  assert.equal(stands(trip('needs_attention', 'voided')), 'left_over');
  assert.equal(stands(trip('needs_attention', 'none')), 'left_over');
  assert.equal(stands(trip('needs_attention', 'authorized')), 'needs_attention');
  assert.equal(stands(trip('needs_attention', 'captured')), 'needs_attention');
});
