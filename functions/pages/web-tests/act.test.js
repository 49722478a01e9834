import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turnTo, wrongReason } from '../web/desk/act-rules.js';

test('a reason that was given for one act is not kept for another', () => {
  const form = { act: 'resolve', part: 'hotel', reason: 'cancelled by telephone' };
  assert.deepEqual({ ...form, ...turnTo('redrive') }, { act: 'redrive', part: 'hotel', reason: '' });
});

test('a redrive may go without a reason, the other acts say why', () => {
  assert.deepEqual(['redrive', 'resolve', 'abandon'].map((act) => wrongReason(act, ' ')), [null, 'act.reason_missing', 'act.reason_missing']);
  assert.equal(wrongReason('resolve', 'by hand'), null);
});

test('a reason has a letter or a digit that the history can keep, and at most 500 characters', () => {
  assert.equal(wrongReason('redrive', 'é'), 'act.reason_latin');
  assert.deepEqual(['a'.repeat(500), 'a'.repeat(501)].map((reason) => wrongReason('resolve', reason)), [null, 'act.reason_long']);
});
