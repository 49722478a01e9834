// The slider that shows the saga as it stood after any of its events.
import { h, icon } from '../core/dom.js';
import { dateTime, duration, timeExact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { eventWord, sagaBadge } from './bits.js';
import { foldTo } from './fold.js';

export function replay({ saga, count, live }, show) {
  const { events } = saga;
  const event = events[count - 1];
  const { status } = foldTo(saga.saga_name, events, count);
  const words = t('replay.at', { number: count, count: events.length, event: eventWord(event.name) });
  const away = Date.parse(event.at) - Date.parse(events[0].at);
  return h('div', { class: 'replay', 'data-test': 'replay' },
    h('div', { class: 'row replay-row' },
      h('button', { type: 'button', class: 'quiet square', 'aria-label': t('replay.back'), disabled: count <= 1, onclick: () => show(count - 1), 'data-test': 'replay-back' }, icon('left')),
      h('input', { type: 'range', class: 'grow', min: '1', max: String(events.length), step: '1', value: String(count), 'aria-label': t('replay.label'), 'aria-valuetext': words,
        oninput: (input) => show(Number(input.target.value)), 'data-test': 'replay-slider' }),
      h('button', { type: 'button', class: 'quiet square', 'aria-label': t('replay.next'), disabled: count >= events.length, onclick: () => show(count + 1), 'data-test': 'replay-next' }, icon('right')),
      h('button', { type: 'button', class: `small live${live ? ' on' : ' main'}`, 'aria-pressed': String(live), onclick: () => show(live ? events.length : null), 'data-test': 'replay-live' }, t('replay.live'))),
    h('p', { class: 'row small replay-told', 'data-test': 'replay-told' },
      h('span', { class: 'strong' }, words), status && sagaBadge(status),
      h('time', { class: 'muted', datetime: event.at, title: dateTime(event.at) }, timeExact(event.at)),
      h('span', { class: 'muted figures' }, `+${duration(away)}`)));
}
