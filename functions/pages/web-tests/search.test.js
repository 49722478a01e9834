import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeCode } from '../web/app/places.js';
import { freshLegId, isInTrip, legOf, offerQuery, typed, wishOf, wrongWish } from '../web/app/search-model.js';

const NAMES = { LIS: 'Lisbon', GRU: 'São Paulo' };
const code = (typed) => placeCode(typed, (each) => NAMES[each] ?? each);
const TODAY = new Date('2027-01-01T00:00:00Z');
const wish = (more) => ({ ...wishOf(new URLSearchParams(), TODAY), ...more });

test('a place is found by its code, its name, or both', () => {
  assert.deepEqual(['LIS', 'lis', 'Lisbon', 'sao paulo', 'Lisbon (LIS)', 'XXX', 'Atlantis', ''].map(code), ['LIS', 'LIS', 'LIS', 'GRU', 'LIS', 'XXX', null, null]);
});

test('an address without a wish gives one that can be searched', () => {
  assert.deepEqual(wrongWish(wish({}), '2027-01-01', code), {});
  assert.equal(wish({}).start, '2027-03-02');
});

test('each kind asks for its own', () => {
  const full = wish({ origin: 'São Paulo', destination: 'LIS', start: '2027-03-01', end: '2027-03-05', people: '2' });
  const asked = (kind) => offerQuery({ ...full, kind }, code);
  assert.equal(asked('flight'), 'kind=flight&from=GRU&to=LIS&date=2027-03-01&passengers=2');
  assert.equal(asked('hotel'), 'kind=hotel&city=LIS&check_in=2027-03-01&check_out=2027-03-05&guests=2');
  assert.equal(asked('car'), 'kind=car&city=LIS&pick_up=2027-03-01&drop_off=2027-03-05');
  assert.equal(asked('insurance'), 'kind=insurance&from=2027-03-01&to=2027-03-05&travellers=2');
  assert.equal(offerQuery({ ...full, kind: 'train', destination: '' }, code), 'kind=train&from=GRU&date=2027-03-01&passengers=2');
});

test('what is wrong is said by field', () => {
  const wrong = (more) => wrongWish(wish(more), '2027-01-01', code);
  assert.deepEqual(wrong({ origin: 'Atlantis' }), { origin: 'search.place_wrong' });
  assert.deepEqual(wrong({ destination: 'GRU' }), { destination: 'search.place_same' });
  assert.deepEqual(wrong({ start: '2026-12-31' }), { start: 'search.day_past' });
  assert.deepEqual(wrong({ start: '' }), { start: 'search.day_wrong' });
  assert.deepEqual(wrong({ people: '10' }), { people: 'search.people_wrong' });
  assert.deepEqual(wrong({ kind: 'hotel', start: '2027-03-01', end: '2027-03-01' }), { end: 'search.end_early' });
  assert.deepEqual(wrong({ kind: 'car', start: '2027-03-01', end: '2027-03-01' }), {});
  assert.deepEqual(wrong({ kind: 'car', start: '2027-03-01', end: '2028-03-02' }), { end: 'search.end_late' });
});

test('a leg names its offer where the supplier gives it a name', () => {
  const offer = { kind: 'car', spec: { city: 'LIS' }, price: {} };
  assert.deepEqual(legOf(offer, 'car-1'), { id: 'car-1', kind: 'car', spec: { city: 'LIS' } });
  assert.deepEqual(legOf({ ...offer, id: 'BRL.1' }, 'car-1').offer, 'BRL.1');
});

test('legs never share a name, released ones included', () => {
  assert.equal(freshLegId('hotel', null), 'hotel-1');
  assert.equal(freshLegId('hotel', { legs: [{ id: 'hotel-1', status: 'released' }, { id: 'hotel-3' }] }), 'hotel-2');
});

test('an offer is in the trip as long as its leg is, however its spec is ordered', () => {
  const offer = { kind: 'car', spec: { city: 'LIS', pick_up: '2027-03-01' } };
  const trip = (status, kind = 'car') => ({ legs: [{ id: 'car-1', kind, status, spec: { pick_up: '2027-03-01', city: 'LIS' } }] });
  for (const status of ['pending', 'held']) assert.ok(isInTrip(offer, trip(status)), status);
  for (const status of ['released', 'refused']) assert.ok(!isInTrip(offer, trip(status)), status);
  assert.ok(!isInTrip(offer, trip('held', 'hotel')));
  assert.ok(!isInTrip({ ...offer, spec: { ...offer.spec, city: 'MAD' } }, trip('held')));
  assert.ok(!isInTrip(offer, null));
});

test('the end follows the start, with as many days between', () => {
  const stay = wish({ start: '2027-03-01', end: '2027-03-05' });
  assert.equal(typed(stay, 'start', '2027-04-05').end, '2027-04-09');
  assert.equal(typed(stay, 'start', '2027-02-27').end, '2027-03-03');
  assert.equal(typed(stay, 'start', '').end, '2027-03-05');
  assert.equal(typed({ ...stay, start: '' }, 'start', '2027-04-05').end, '2027-04-12');
  assert.equal(typed({ ...stay, start: '' }, 'start', '2027-03-02').end, '2027-03-05');
  assert.equal(typed(stay, 'end', '2027-03-20').start, '2027-03-01');
});
