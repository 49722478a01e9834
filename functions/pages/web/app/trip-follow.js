// @ts-check
/** The trip that the search puts legs into, live, for as long as it can take any. */
import { announce, toast } from '../core/announce.js';
import { get, part } from '../core/api.js';
import { now } from '../core/clock.js';
import { t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { isOpen, legTitle } from './trip.js';

/** Kept while the application is open, from one search to the next. @type {string | null} */
let tripId = null;

/** @param {string | null} wanted of the address @param {{draw: () => void, note: () => void}} how `note` writes the trip into the address */
export function tripFollowed(wanted, { draw, note }) {
  /** @type {ReturnType<typeof watch> | null} */
  let live = null;
  let left = false;
  const it = {
    booking: /** @type {any} */ (null),
    id: () => tripId,
    now: () => live?.now(),
    stop() {
      left = true;
      live?.stop();
    },
    /** @param {string} id */
    follow(id) {
      live?.stop();
      tripId = id;
      live = watch(`bookings/${part(id)}`, hear, { onProblem: (problem) => void (problem.passing || forget()) });
    },
  };
  const hear = (/** @type {any} */ booking) => {
    const before = it.booking;
    if (before) tell(before, booking);
    it.booking = booking;
    if (isOpen(booking)) return draw();
    if (before && booking.status === 'expired') toast(t('trip.expired_note'), { kind: 'bad' });
    forget();
    // An address of before names a trip that has ended long since; another may be open.
    if (!before) find();
  };
  const forget = () => {
    live?.stop();
    live = it.booking = tripId = null;
    note();
    draw();
  };
  const find = () =>
    findOpenTrip().then(
      (id) => id && !tripId && !left && (it.follow(id), note()),
      () => {},
    );
  tripId = wanted ?? tripId;
  if (tripId) it.follow(tripId);
  else find();
  return it;
}

/** @param {any} before @param {any} booking */
function tell(before, booking) {
  for (const leg of booking.legs) {
    const old = before.legs.find((/** @type {any} */ each) => each.id === leg.id)?.status;
    if (old === leg.status) continue;
    const what = legTitle(leg.kind, leg.spec);
    if (leg.status === 'held') announce(t('leg.now_held', { what }));
    if (leg.status === 'refused') toast(t('leg.now_refused', { what }), { kind: 'bad' });
    if (leg.status === 'released') announce(t('leg.now_released', { what }));
  }
}

/** The newest trip that still waits for its payment: found again after a reload, and in another tab. */
async function findOpenTrip() {
  const { bookings } = await get('bookings?limit=5', { quiet: true });
  const open = bookings.find(
    (/** @type {any} */ booking) => isOpen(booking) && booking.actions.includes('add_leg') && Date.parse(booking.deadline) > now(),
  );
  return open?.booking_id ?? null;
}
