import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause } from '../web/core/backoff.js';

const calm = { failures: 0, hidden: false, pushed: false };
const middle = () => 0.5;

test('a page that is looked at asks every two seconds, a hidden one every fifteen', () => {
  assert.equal(pause(calm, middle), 2000);
  assert.equal(pause({ ...calm, hidden: true }, middle), 15_000);
});

test('what is pushed is asked for every half a minute', () => assert.equal(pause({ ...calm, pushed: true }, middle), 30_000));

test('a slower watch stays slower', () => {
  assert.equal(pause({ ...calm, every: 5000 }, middle), 5000);
  assert.equal(pause({ ...calm, every: 60_000, pushed: true }, middle), 60_000);
});

test('errors double the pause up to half a minute, with chance', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 60].map((failures) => pause({ ...calm, failures }, () => 1));
  assert.deepEqual(pauses, [2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(pause({ ...calm, failures: 3 }, () => 0), 4000);
});

test('the server’s own word counts', () => assert.equal(pause({ ...calm, failures: 1, retryAfter: 20 }, () => 0), 20_000));

test('pages do not ask all at once', () => {
  assert.equal(pause(calm, () => 0), 1900);
  assert.equal(pause(calm, () => 1), 2100);
});
