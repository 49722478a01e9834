import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisOf } from '../web/desk/axis.js';
import { foldTo } from '../web/desk/fold.js';
import { instants, rowsOf } from '../web/desk/timeline.js';
import { saga, START, stuckBooking } from './histories.js';

const row = (rows, name) => rows.find((it) => it.name === name);
const statuses = (it) => it.segments.map((segment) => segment.status);

test('a saga stands as its events left it, at any of them', () => {
  const { events } = stuckBooking();
  assert.equal(foldTo('booking', events, 0).status, null);
  assert.equal(foldTo('booking', events, 3).parts.get('out'), 'held');
  assert.equal(foldTo('booking', events).status, 'needs_attention');
  assert.equal(foldTo('booking', events).parts.get('hotel'), 'release_failed');
});

test('what is done and what is undone of a step stand one after the other on its row', () => {
  const rows = rowsOf(stuckBooking(), START + 9000);
  assert.deepEqual(rows.map((it) => it.name), ['booking', 'out', 'hotel', 'payment']);
  const out = row(rows, 'out');
  assert.deepEqual(statuses(out), ['pending', 'held', 'confirmed', 'compensate compensating', 'released']);
  assert.deepEqual(out.segments.map((segment) => segment.undo), [false, false, false, true, true]);
  assert.deepEqual(out.segments.map((segment) => segment.to - START), [60, 120, 200, 350, 9000]);
});

test('tries of the desk are marks on the only row that waits for them', () => {
  const rows = rowsOf(stuckBooking(), START + 9000);
  assert.deepEqual(row(rows, 'hotel').marks.map((mark) => mark.at - START), [500, 2500]);
  assert.deepEqual(row(rows, 'booking').marks, []);
});

test('where two parts wait, a try of the desk is a mark of the saga', () => {
  const both = saga('booking', 'needs_attention', [
    [0, 'booking_opened', 'open', { booking: 'needs_attention', a: 'release_failed', b: 'release_failed' }],
    [10, 'desk_redriven', 'redrive', {}, []],
  ]);
  assert.equal(row(rowsOf(both, START), 'booking').marks.length, 1);
});

test('a payment that was never begun is not being undone', () => {
  const unpaid = saga('booking', 'unwinding', [
    [0, 'booking_opened', 'open', { booking: 'holding', out: 'pending', payment: 'none' }],
    [10, 'unwinding_started', 'unwind', { booking: 'unwinding' }, []],
  ]);
  assert.deepEqual(statuses(row(rowsOf(unpaid, START + 20), 'payment')), ['none']);
});

test('replayed to an event, rows end where the next event begins', () => {
  const rows = rowsOf(stuckBooking(), START + 9000, 3);
  assert.deepEqual(statuses(row(rows, 'out')), ['pending', 'held']);
  assert.equal(row(rows, 'out').segments[1].to - START, 80);
});

test('the axis keeps the order of time and runs from 0 to 1', () => {
  const times = instants(stuckBooking(), START + 3_600_000);
  for (const even of [true, false]) {
    const axis = axisOf(times, even);
    const places = times.map((ms) => axis.at(ms));
    assert.equal(places[0], 0);
    assert.equal(places.at(-1), 1);
    places.slice(1).forEach((place, at) => assert.ok(place >= places[at]));
    assert.equal(axis.ticks[0].ms, 0);
  }
});

test('an even axis leaves milliseconds visible beside an hour; a true one does not', () => {
  const times = [0, 40, 80, 3_600_000];
  assert.ok(axisOf(times, true).at(80) > 0.15);
  assert.ok(axisOf(times, false).at(80) < 0.001);
});

test('a single instant has an axis, too', () => {
  assert.equal(axisOf([5, 5], true).at(5), 0);
});
