// @ts-check
/** Search for offers and put them into the trip, one by one; each is held at once. */
import { announce, toast } from '../core/announce.js';
import { get, part, post } from '../core/api.js';
import { now } from '../core/clock.js';
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { action, focusFirstWrong } from '../core/parts.js';
import { sentence } from '../core/problem.js';
import { href, noteAddress } from '../core/route.js';
import { offersView } from './offers.js';
import { placeCode } from './places.js';
import { searchForm } from './search-form.js';
import { freshLegId, legOf, offerQuery, PARTS, wishOf, wrongWish } from './search-model.js';
import { isOpen, legTitle } from './trip.js';
import { tripBar, tripPanel } from './trip-panel.js';

/** The trip that legs go into while the page is open. @type {string | null} */
let tripId = null;

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function searchPage({ query, draw }) {
  const today = () => new Date(now()).toISOString().slice(0, 10);
  const it = {
    wish: wishOf(query, new Date(now())), wrong: /** @type {Record<string, string>} */ ({}), names: '',
    offers: /** @type {any[] | null} */ (null), found: '', booking: /** @type {any} */ (null), adding: /** @type {string | null} */ (null), sort: 'price',
  };
  tripId = query.get('trip') ?? tripId;
  /** @type {ReturnType<typeof watch> | null} */
  let live = null;

  const follow = (/** @type {string} */ id) => {
    live?.stop();
    tripId = id;
    live = watch(`bookings/${part(id)}`, (booking) => {
      heard(it, booking);
      if (!isOpen(booking)) forget();
      draw();
    }, { onProblem: (problem) => problem.passing || (forget(), draw()) });
  };
  const forget = () => {
    if (it.booking?.status === 'expired') toast(t('trip.expired_note'), { kind: 'bad' });
    live?.stop();
    live = it.booking = tripId = null;
    note();
  };
  const note = () => noteAddress(href('/', { ...addressOf(it.wish), trip: tripId }));

  const search = action(draw, async () => {
    it.offers = null;
    draw();
    const { offers } = await get(`offers?${offerQuery(it.wish)}`);
    it.offers = offers;
    it.found = it.wish.kind;
    announce(t('offers.found', { count: offers.length }));
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    it.wrong = wrongWish(it.wish, today());
    draw();
    if (Object.keys(it.wrong).length > 0) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    note();
    search.go();
  };
  const add = action(draw, async (key, /** @type {any} */ offer) => {
    const leg = legOf(offer, freshLegId(offer.kind, it.booking));
    if (it.booking) await post(`bookings/${part(it.booking.booking_id)}/legs`, leg, { key });
    else {
      const passengers = offer.id ? it.names.split('\n').map((name) => name.trim()).filter(Boolean) : [];
      const opened = await post('bookings', { legs: [leg], ...(passengers.length > 0 ? { passengers } : {}) }, { key });
      it.booking = opened.legs ? opened : null;
      follow(opened.booking_id);
      note();
    }
    live?.now();
    announce(t('offers.asked', { what: legTitle(offer.kind, offer.spec) }));
  });
  const choose = async (/** @type {any} */ offer, /** @type {string} */ key) => {
    if (add.busy) return;
    it.adding = key;
    if (!(await add.go(offer)) && add.problem) toast(sentence(add.problem), { kind: 'bad' });
    it.adding = null;
    live?.now();
    draw();
  };

  if (tripId) follow(tripId);
  else findOpenTrip().then((id) => id && !tripId && (follow(id), note()), () => {});
  if (query.has('start') && Object.keys(wrongWish(it.wish, today())).length === 0) search.go();
  const change = (/** @type {string} */ name, /** @type {string} */ value) => {
    Object.assign(it.wish, { [name]: value });
    if (name === 'kind') Object.assign(it, { offers: null, wrong: {} }), search.forget();
    draw();
  };
  return {
    title: () => t('search.title'),
    stop: () => live?.stop(),
    view: () => [
      h('h1', { tabindex: '-1' }, t('search.title')),
      h('div', { class: 'beside' },
        h('div', { class: 'stack wide-gap' }, searchForm(it, { submit, change, busy: search }), offersView(it, { search, add, choose })),
        tripPanel(it.booking, { draw, live: () => live?.now() })),
      tripBar(it.booking),
    ],
  };
}

/** @param {import('./search-model.js').Wish} wish */
function addressOf(wish) {
  const asked = Object.fromEntries(PARTS[wish.kind].map((name) => [name, wish[name]]));
  for (const name of /** @type {const} */ (['origin', 'destination'])) if (wish[name]) asked[name] = placeCode(wish[name]) ?? wish[name];
  return { kind: wish.kind, ...asked };
}

/** @param {any} it @param {any} booking */
function heard(it, booking) {
  for (const leg of booking.legs) {
    const before = it.booking?.legs.find((/** @type {any} */ each) => each.id === leg.id)?.status;
    if (before === leg.status || !it.booking) continue;
    const what = legTitle(leg.kind, leg.spec);
    if (leg.status === 'held') announce(t('leg.now_held', { what }));
    if (leg.status === 'refused') toast(t('leg.now_refused', { what }), { kind: 'bad' });
    if (leg.status === 'released') announce(t('leg.now_released', { what }));
  }
  it.booking = booking;
}

/** The newest trip that still waits for its payment: found again after a reload, and in another tab. */
async function findOpenTrip() {
  const { bookings } = await get('bookings?limit=5', { quiet: true });
  const open = bookings.find((/** @type {any} */ booking) => isOpen(booking) && booking.actions.includes('add_leg') && Date.parse(booking.deadline) > now());
  return open?.booking_id ?? null;
}
