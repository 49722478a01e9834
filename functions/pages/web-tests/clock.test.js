import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockFace, serverClock, timeLeft } from '../web/core/clock.js';

const SERVER = Date.parse('2027-03-01T12:00:00.000Z');
const said = (ms) => new Date(SERVER + ms).toISOString();

function made() {
  const it = { watch: 0 };
  it.clock = serverClock(() => it.watch, () => 42);
  return it;
}

test('before the server has spoken the fallback is shown', () => {
  const { clock } = made();
  assert.equal(clock.now(), 42);
  assert.equal(clock.known(), false);
});

test('half of the round trip is taken into account', () => {
  const it = made();
  it.clock.observe(said(0), 1000, 1400);
  it.watch = 1400;
  assert.equal(it.clock.now(), SERVER + 200);
});

test('the quickest of the last answers wins', () => {
  const it = made();
  it.clock.observe(said(0), 1000, 3000);
  it.clock.observe(said(4000), 4990, 5010);
  it.clock.observe(said(5900), 6000, 8000);
  it.watch = 10_000;
  assert.equal(it.clock.now(), SERVER + 9000);
});

test('what the browser takes for the time does not matter', () => {
  const clock = serverClock(() => 500, () => Date.parse('1999-01-01'));
  clock.observe(said(0), 400, 600);
  assert.equal(clock.now(), SERVER);
});

test('a computer that slept starts afresh', () => {
  const it = made();
  it.clock.observe(said(0), 1000, 1010);
  it.clock.observe(said(3_600_000), 2000, 2400);
  it.watch = 2400;
  assert.equal(it.clock.now(), SERVER + 3_600_000 + 200);
});

test('an answer without a time changes nothing', () => {
  const it = made();
  it.clock.observe(null, 0, 10);
  it.clock.observe('yesterday', 0, 10);
  assert.equal(it.clock.known(), false);
});

test('seconds are rounded up, and zero is the deadline', () => {
  const deadline = said(61_500);
  for (const [at, seconds, urgent, expired] of [[0, 62, false, false], [1_500, 60, true, false], [61_499, 1, true, false], [61_500, 0, false, true], [90_000, 0, false, true]]) {
    const left = timeLeft(deadline, SERVER + at);
    assert.deepEqual([left.seconds, left.urgent, left.expired], [seconds, urgent, expired], String(at));
  }
});

test('the next tick comes when the second that is shown ends', () => {
  const deadline = said(10_000);
  assert.equal(timeLeft(deadline, SERVER + 300).next, 700);
  assert.equal(timeLeft(deadline, SERVER).next, 1000);
  assert.equal(timeLeft(deadline, SERVER + 9_999).next, 1);
});

test('a clock has hours where there are any', () => {
  assert.deepEqual([0, 9, 65, 754, 3754].map(clockFace), ['00:00', '00:09', '01:05', '12:34', '1:02:34']);
});
