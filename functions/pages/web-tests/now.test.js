import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsOf, byConcern, cameToPass, lately, nameOf, outcomesOf, peakOf, shownOf, stillRunning, turned } from '../web/desk/now-rules.js';

const FROM = '2027-03-01T12:00:00.000Z';
const at = (seconds) => new Date(Date.parse(FROM) + seconds * 1000).toISOString();
const figures = (per_minute, statuses = {}) => ({ kind: 'booking', begun: 0, per_minute, statuses, is_complete: true });
const breaker = (supplier, state, until = null, failures = 0) => ({ service: 'booking', supplier, state, failures, last_failure: null, until });
const timer = (saga_id, deadline, lease = null) => ({ saga_id, saga_name: 'booking', status: 'paying', deadline: at(deadline), state: lease ? 'paused' : 'running', generation: 1, lease_until: lease && at(lease) });
const names = (breakers) => breakers.map(({ supplier }) => supplier);

test('each minute has a bar at its time, and the busiest fills the height', () => {
  const bars = barsOf(figures([0, 5, 10]), FROM);
  assert.deepEqual(bars.map(({ share }) => share), [0, 0.5, 1]);
  assert.equal(bars[2].at, Date.parse(at(120)));
});

test('one booking is no peak', () => assert.equal(barsOf(figures([0, 1]), FROM)[1].share, 0.2));

test('the peak is the last of the busiest minutes', () => {
  assert.equal(peakOf(barsOf(figures([7, 3, 7, 1]), FROM)).at, Date.parse(at(120)));
  assert.equal(peakOf([]).count, 0);
});

test('the last minutes are the newest ones', () => assert.equal(lately(figures([100, 1, 2, 3]), 2), 5));

test('outcomes stand in the order in which sagas come to them; those that the page does not know come last', () => {
  const found = outcomesOf(figures([], { failed: 2, booked: 3, holding: 1, unheard_of: 1, expired: 0 }));
  assert.deepEqual(found.map(({ status }) => status), ['holding', 'booked', 'failed', 'unheard_of']);
});

test('open breakers come first, the next to try on top, then half-open ones, then those that count failures', () => {
  const all = [breaker('car', 'closed'), breaker('train', 'closed', null, 2), breaker('hotel', 'half_open'), breaker('payment', 'open', at(60)), breaker('flight', 'open', at(9)), breaker('credit', 'open')];
  assert.deepEqual(names(byConcern(all)), ['flight', 'payment', 'credit', 'hotel', 'train', 'car']);
});

test('a breaker that has turned is told, one that is new or the same is not', () => {
  const before = [breaker('flight', 'closed'), breaker('hotel', 'open')];
  const after = [breaker('flight', 'open'), breaker('hotel', 'open'), breaker('car', 'open')];
  assert.deepEqual(turned(before, after).map(nameOf), ['booking/flight']);
  assert.deepEqual(turned(undefined, after), []);
});

test('timers of later pages that belong on the live page have gone', () => {
  const first = { timers: [timer('a', 10), timer('c', 5, 30)], next: 'more' };
  const lines = [...first.timers, timer('b', 20), timer('d', 40), timer('e', 1, 50)];
  assert.deepEqual(stillRunning(lines, first).map(({ saga_id }) => saga_id), ['a', 'c', 'd', 'e']);
  assert.deepEqual(stillRunning([timer('d', 40)], { timers: [], next: 'more' }), [timer('d', 40)]);
});

test('without a next page all timers are on the live page', () => {
  const first = { timers: [timer('a', 10)], next: null };
  assert.deepEqual(stillRunning([...first.timers, timer('d', 40)], first), first.timers);
  assert.deepEqual(stillRunning([], null), []);
});

test('a moment comes to pass once', () => {
  const [before, now] = [Date.parse(at(9)), Date.parse(at(10))];
  assert.equal(cameToPass([null, at(10)], before, now), true);
  assert.equal(cameToPass([at(9), at(11)], before, now), false);
});

const came = { it: { body: {}, problem: null } };
const failed = { it: { body: null, problem: {} } };
const missing = { it: { body: null, problem: null } };

test('a part is shown when those above it have come or failed', () => {
  assert.deepEqual(shownOf([missing, came, came], 0), [missing]);
  assert.deepEqual(shownOf([came, missing, came], 0), [came, missing]);
  assert.deepEqual(shownOf([failed, came, missing], 0), [failed, came, missing]);
  assert.deepEqual(shownOf([came, failed, came], 0), [came, failed, came]);
});

test('a part does not wait for long', () => {
  assert.deepEqual(shownOf([missing, missing, came], 2_999), [missing]);
  assert.deepEqual(shownOf([missing, missing, came], 3_000), [missing, missing, came]);
});
