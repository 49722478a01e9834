// @ts-check
/** What is searched for: one wish for all kinds, so that a flight to Lisbon leads on to a hotel in Lisbon. */
import { placeCode } from './places.js';
import { daysBetween, KINDS, partsOf } from './trip.js';

/** @typedef {{kind: string, origin: string, destination: string, start: string, end: string, people: string}} Wish */
const NAMES = /** @type {const} */ (['kind', 'origin', 'destination', 'start', 'end', 'people']);

/** Which of the wish's parts a kind asks for. @type {Record<string, ReadonlyArray<keyof Wish>>} */
export const PARTS = {
  flight: ['origin', 'destination', 'start', 'people'],
  train: ['origin', 'destination', 'start', 'people'],
  hotel: ['destination', 'start', 'end', 'people'],
  car: ['destination', 'start', 'end'],
  insurance: ['start', 'end', 'people'],
};

const USUAL_DAYS = 7;

/** @param {Date} today @param {number} days */
const later = (today, days) => new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);

/** The wish of an address; what it leaves out is a fortnight in two months. @param {URLSearchParams} query @param {Date} today @returns {Wish} */
export function wishOf(query, today) {
  const given = /** @type {Wish} */ (Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ''])));
  const start = given.start || later(today, 60);
  return {
    ...given,
    kind: KINDS.find((kind) => kind === given.kind) ?? 'flight',
    origin: given.origin || 'GRU',
    start,
    end: given.end || later(new Date(start), USUAL_DAYS),
    people: given.people || '1',
  };
}

/** A wish of which one part is typed anew. The end follows the start, so that as many days lie between. @param {Wish} wish @param {string} name @param {string} value @returns {Wish} */
export function typed(wish, name, value) {
  const next = { ...wish, [name]: value };
  if (name !== 'start' || !isDay(value)) return next;
  const days = isDay(wish.start) && isDay(wish.end) ? daysBetween(wish.start, wish.end) : NaN;
  if (days >= 0) next.end = later(new Date(value), days);
  else if (wish.end < value) next.end = later(new Date(value), USUAL_DAYS);
  return next;
}

/** What is wrong with a wish, by part; the values are keys of words. @param {Wish} wish @param {string} today @param {(typed: string) => string | null} [code] */
export function wrongWish(wish, today, code = placeCode) {
  /** @type {Partial<Record<keyof Wish, string>>} */
  const wrong = {};
  const asked = PARTS[wish.kind];
  if (asked.includes('origin') && !code(wish.origin)) wrong.origin = 'search.place_wrong';
  if (asked.includes('destination') && wish.destination.trim() !== '' && !code(wish.destination)) wrong.destination = 'search.place_wrong';
  if (asked.includes('origin') && code(wish.origin) && code(wish.origin) === code(wish.destination))
    wrong.destination = 'search.place_same';
  if (!isDay(wish.start)) wrong.start = 'search.day_wrong';
  else if (wish.start < today) wrong.start = 'search.day_past';
  if (asked.includes('end') && !wrong.start) {
    const days = isDay(wish.end) ? daysBetween(wish.start, wish.end) : NaN;
    if (Number.isNaN(days)) wrong.end = 'search.day_wrong';
    else if (days < (wish.kind === 'hotel' ? 1 : 0)) wrong.end = 'search.end_early';
    else if (days > 365) wrong.end = 'search.end_late';
  }
  if (asked.includes('people') && !/^[1-9]$/.test(wish.people)) wrong.people = 'search.people_wrong';
  return wrong;
}

/** @param {string} text */
const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The wish as the API's parameters. @param {Wish} wish @param {(typed: string) => string | null} [code] */
export function offerQuery(wish, code = placeCode) {
  const { kind, start, end, people } = wish;
  const [origin, city] = [code(wish.origin), code(wish.destination)];
  /** @type {Record<string, Record<string, string | null>>} */
  const byKind = {
    flight: { from: origin, to: city, date: start, passengers: people },
    train: { from: origin, to: city, date: start, passengers: people },
    hotel: { city, check_in: start, check_out: end, guests: people },
    car: { city, pick_up: start, drop_off: end },
    insurance: { from: start, to: end, travellers: people },
  };
  const given = Object.entries(byKind[kind]).filter(([, value]) => value);
  return new URLSearchParams([['kind', kind], .../** @type {[string, string][]} */ (given)]).toString();
}

/** A leg of an offer. The offer's own name fixes its price, where its supplier gives one. @param {any} offer @param {string} id */
export function legOf(offer, id) {
  return { id, kind: offer.kind, spec: offer.spec, ...(offer.id ? { offer: offer.id } : {}) };
}

/** @param {any} spec */
const sameForm = (spec) => JSON.stringify(Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Whether the trip has what an offer offers; what was taken out or refused is not in it. @param {any} offer @param {any} booking */
export const isInTrip = (offer, booking) =>
  booking !== null && partsOf(booking).some((leg) => leg.kind === offer.kind && sameForm(leg.spec) === sameForm(offer.spec));

/** A name that the trip has not used yet: `flight-2`. @param {string} kind @param {any} booking */
export function freshLegId(kind, booking) {
  const used = new Set((booking?.legs ?? []).map((/** @type {any} */ leg) => leg.id));
  for (let n = 1; ; n += 1) if (!used.has(`${kind}-${n}`)) return `${kind}-${n}`;
}
