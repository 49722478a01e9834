// Short histories for tests: what each event changed is written down, what stood before is filled in.
import { readFileSync } from 'node:fs';

/** A deployed definition: where the template puts numbers in, there is one. */
export function definition(kind) {
  const text = readFileSync(new URL(`../../../statemachine/${kind}.asl.json`, import.meta.url), 'utf8');
  return JSON.parse(text.replace(/(?<!")\$\{\w+\}/g, '1'));
}

/** Each line: milliseconds, event, actor, `{part: status}`, and the parts it is about where it changes none. */
export function saga(kind, status, lines, steps) {
  const known = new Map();
  const events = lines.map(([ms, name, actor, changes = {}, parts = Object.keys(changes).filter((it) => it !== kind)], index) => ({
    id: `s-1/${index}`, name, actor, note: null, parts, at: new Date(Date.UTC(2027, 0, 1) + ms).toISOString(),
    changes: Object.entries(changes).map(([of, after]) => {
      const before = known.get(of) ?? null;
      known.set(of, after);
      return { of, before, after };
    }),
  }));
  const named = steps ?? [...known.keys()].filter((it) => it !== kind);
  return {
    saga_id: 's-1', saga_name: kind, status, events, created: events[0].at, expires: events[0].at,
    steps: named.map((name) => ({ name, topic: name, attempts: 1, compensate_retries: 0, data: {} })),
  };
}

export const START = Date.UTC(2027, 0, 1);

export const stuckBooking = () => saga('booking', 'needs_attention', [
  [0, 'booking_opened', 'open', { booking: 'holding', hotel: 'pending', out: 'pending', payment: 'none' }],
  [40, 'leg_held', 'hotel', { hotel: 'held' }],
  [60, 'leg_held', 'flight', { out: 'held' }],
  [80, 'payment_started', 'payment', { booking: 'paying' }, ['payment']],
  [90, 'payment_authorized', 'payment', { booking: 'confirming', payment: 'authorized' }],
  [120, 'leg_confirmed', 'flight', { out: 'confirmed' }],
  [200, 'unwinding_started', 'unwind', { booking: 'unwinding' }, []],
  [300, 'leg_release_failed', 'desk', { hotel: 'release_failed' }],
  [350, 'leg_released', 'flight', { out: 'released' }],
  [400, 'payment_voided', 'payment', { payment: 'voided' }],
  [450, 'booking_closed', 'close', { booking: 'needs_attention' }, []],
  [500, 'desk_redriven', 'redrive', {}, []],
  [2500, 'desk_redriven', 'redrive', {}, []],
], ['out', 'hotel', 'payment']);
