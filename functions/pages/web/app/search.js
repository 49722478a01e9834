// @ts-check
/** Search for offers and put them into the trip, one by one; each is held at once. */
import { announce, toast } from '../core/announce.js';
import { get, part, post } from '../core/api.js';
import { now } from '../core/clock.js';
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { action, focusFirstWrong } from '../core/parts.js';
import { sentence } from '../core/problem.js';
import { href, noteAddress, pushAddress } from '../core/route.js';
import { onSession } from '../core/session.js';
import { offersView } from './offers.js';
import { placeCode } from './places.js';
import { searchForm } from './search-form.js';
import { freshLegId, legOf, offerQuery, PARTS, typed, wishOf, wrongWish } from './search-model.js';
import { tripFollowed } from './trip-follow.js';
import { tripBar, tripPanel } from './trip-panel.js';
import { legTitle } from './trip.js';

/** @typedef {ReturnType<typeof tripFollowed>} Trip */

/** Who travels, as it was typed: kept from one search to the next, and forgotten at the sign-out. */
const kept = { names: '' };
onSession((_, change) => {
  if (change === 'signed-out') kept.names = '';
});

const today = () => new Date(now()).toISOString().slice(0, 10);

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function searchPage({ query, draw }) {
  const it = {
    wish: wishOf(query, new Date(now())),
    wrong: /** @type {Record<string, string>} */ ({}),
    kept,
    offers: /** @type {any[] | null} */ (null),
    booking: /** @type {any} */ (null),
    adding: /** @type {string | null} */ (null),
    /** What was put in a moment ago, by its leg: the trip does not show it yet. */
    added: /** @type {{key: string, leg: string} | null} */ (null),
  };
  const address = () => href('/', { ...addressOf(it.wish), trip: trip.id() });
  const note = () => noteAddress(address());
  const trip = tripFollowed(query.get('trip'), { draw, note });
  const search = searching(it, draw);
  const adding = putting(it, trip, { draw, note });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    it.wrong = wrongWish(it.wish, today());
    if (Object.keys(it.wrong).length > 0) {
      it.offers = null;
      search.forget();
      return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    }
    pushAddress(address());
    search.go();
  };
  const change = (/** @type {string} */ name, /** @type {string} */ value) => {
    it.wish = typed(it.wish, name, value);
    if (name === 'kind') (Object.assign(it, { offers: null, wrong: {} }), search.forget());
    draw();
  };
  if (query.has('start') && Object.keys(wrongWish(it.wish, today())).length === 0) search.go();
  return {
    title: () => t('search.title'),
    stop: trip.stop,
    view() {
      it.booking = trip.booking;
      if (trip.id() === null || it.booking?.legs.some((/** @type {any} */ leg) => leg.id === it.added?.leg)) it.added = null;
      const found = h(
        'div',
        { class: 'stack wide-gap' },
        searchForm(it, { submit, change, busy: search }),
        offersView(it, { search, ...adding }),
      );
      const panel = tripPanel(it.booking, { draw, live: trip.now });
      return [h('h1', { tabindex: '-1' }, t('search.title')), h('div', { class: 'beside' }, found, panel), tripBar(it.booking)];
    },
  };
}

/** @param {any} it @param {() => void} draw */
function searching(it, draw) {
  return action(draw, async () => {
    it.offers = null;
    draw();
    const { offers } = await get(`offers?${offerQuery(it.wish)}`);
    it.offers = offers;
    announce(t('offers.found', { count: offers.length }));
  });
}

/** Puts an offer into the trip; the first one opens it. @param {any} it @param {Trip} trip @param {{draw: () => void, note: () => void}} how */
function putting(it, trip, { draw, note }) {
  const add = action(draw, async (key, /** @type {any} */ offer) => {
    const leg = legOf(offer, freshLegId(offer.kind, trip.booking));
    if (trip.booking) await post(`bookings/${part(trip.booking.booking_id)}/legs`, leg, { key });
    else {
      const passengers = offer.id ? namesIn(kept.names) : [];
      const opened = await post('bookings', { legs: [leg], ...(passengers.length > 0 ? { passengers } : {}) }, { key });
      if (opened.legs) trip.booking = opened;
      kept.names = '';
      trip.follow(opened.booking_id);
      note();
    }
    it.added = { key: it.adding ?? '', leg: leg.id };
    trip.now();
    toast(t('offers.asked', { what: legTitle(offer.kind, offer.spec) }), { kind: 'ok', topic: 'add' });
  });
  const choose = async (/** @type {any} */ offer, /** @type {string} */ key) => {
    if (add.busy) return;
    it.adding = key;
    if (!(await add.go(offer)) && add.problem) toast(sentence(add.problem), { kind: 'bad' });
    it.adding = null;
    trip.now();
    draw();
  };
  return { add, choose };
}

/** One name a line. @param {string} text */
const namesIn = (text) =>
  text
    .split('\n')
    .map((name) => name.trim())
    .filter(Boolean);

/** @param {import('./search-model.js').Wish} wish */
function addressOf(wish) {
  const asked = Object.fromEntries(PARTS[wish.kind].map((name) => [name, wish[name]]));
  for (const name of /** @type {const} */ (['origin', 'destination'])) if (wish[name]) asked[name] = placeCode(wish[name]) ?? wish[name];
  return { kind: wish.kind, ...asked };
}
