// @ts-check
/** How long the trip is still held. It follows the server's deadline and the server's clock. */
import { announce } from '../core/announce.js';
import { clockFace, now, timeLeft } from '../core/clock.js';
import { h, icon } from '../core/dom.js';
import { time } from '../core/format.js';
import { t } from '../core/i18n.js';
import { isOpen } from './trip.js';

/** Spoken when this many seconds are left: every second would drown everything else. */
const SPOKEN = [300, 60, 30, 10];
/** What has been spoken and whether the end has been told, by deadline. @type {Map<string, {spoken: number, told: boolean}>} */
const heard = new Map();
/** @type {any} */
let timer = null;

/** The trip's time is over, whether the server has said so yet or not. @param {any} booking */
export const isExpired = (booking) => booking.status === 'expired' || (isOpen(booking) && timeLeft(booking.deadline, now()).expired);

/**
 * @param {any} booking @param {() => void} draw
 * @param {{small?: boolean, onExpired?: () => void}} [how]
 */
export function countdownView(booking, draw, { small = false, onExpired = () => {} } = {}) {
  if (!isOpen(booking) && !(booking.status === 'paying' && booking.seconds_left !== null)) return null;
  const left = timeLeft(booking.deadline, now());
  clearTimeout(timer);
  if (!left.expired) timer = setTimeout(draw, Math.min(left.next + 5, 1000));
  speak(booking, left, onExpired);
  const over = left.expired && isOpen(booking);
  if (left.expired && !over) return null;
  const total = Math.max(1, Date.parse(booking.deadline) - Date.parse(booking.created));
  return h(
    'div',
    {
      class: `countdown${small ? ' small-clock' : ''}${over ? ' over' : left.urgent ? ' urgent' : ''}`,
      'data-test': 'countdown',
      'data-state': over ? 'expired' : left.urgent ? 'urgent' : 'running',
    },
    h(
      'div',
      { class: 'row' },
      icon(over ? 'alert' : 'clock'),
      h('span', { class: 'grow' }, t(over ? 'countdown.over' : left.urgent && isOpen(booking) ? 'countdown.urgent' : 'countdown.left')),
      h(
        'span',
        { class: 'clock figures', role: 'timer', 'aria-live': 'off', 'data-test': 'clock' },
        over ? t('booking.expired') : clockFace(left.seconds),
      ),
    ),
    h(
      'div',
      { class: 'bar', 'aria-hidden': 'true' },
      h('span', { style: { width: `${Math.min(100, (left.left / total) * 100).toFixed(1)}%` } }),
    ),
    !small && !over && h('p', { class: 'small' }, t('countdown.until', { time: time(booking.deadline) })),
  );
}

/** @param {any} booking @param {ReturnType<typeof timeLeft>} left @param {() => void} onExpired */
function speak(booking, left, onExpired) {
  const known = heard.get(booking.deadline) ?? { spoken: left.seconds, told: left.expired };
  heard.set(booking.deadline, known);
  const due = SPOKEN.find((seconds) => left.seconds <= seconds && known.spoken > seconds);
  known.spoken = Math.min(known.spoken, left.seconds);
  if (left.expired && !known.told) {
    known.told = true;
    queueMicrotask(() => {
      announce(t('countdown.over_spoken'), { urgent: true });
      onExpired();
    });
  } else if (due !== undefined && !left.expired)
    queueMicrotask(() =>
      announce(
        t('countdown.spoken', {
          count: Math.ceil(left.seconds / (due >= 60 ? 60 : 1)),
          unit: t(due >= 60 ? 'unit.minutes' : 'unit.seconds'),
        }),
        { urgent: due <= 60 },
      ),
    );
}
