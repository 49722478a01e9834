// The events of a saga, each with what it changed.
import { h, icon } from '../core/dom.js';
import { cut, dateTime, duration, shortId, timeExact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { eventWord, kindWord, partBadge, partWord, sagaBadge } from './bits.js';

export function eventList({ saga, count, live }, set) {
  const began = Date.parse(saga.events[0].at);
  return h('section', { class: 'card flush', 'aria-labelledby': 'events-title' },
    h('h2', { id: 'events-title', class: 'pad' }, t('events.title')),
    h('ol', { class: 'events', 'data-test': 'events' }, saga.events.map((event, index) => line(event, index, {
      saga, began, set, shown: index < count, here: !live && index === count - 1, before: saga.events[index - 1],
    }))));
}

function line(event, index, { saga, began, set, shown, here, before }) {
  const away = Date.parse(event.at) - began;
  const pause = before ? Date.parse(event.at) - Date.parse(before.at) : 0;
  return h('li', { key: event.id, class: `event${shown ? '' : ' later'}${here ? ' here' : ''}`, 'data-test': 'event', 'data-name': event.name, 'aria-current': here ? 'step' : undefined },
    h('div', { class: 'event-when figures' },
      h('button', { type: 'button', class: 'link', onclick: () => set({ count: index + 1 }), 'aria-label': t('events.show', { number: index + 1, event: eventWord(event.name) }), 'data-test': 'event-show' }, String(index + 1)),
      h('time', { datetime: event.at, title: dateTime(event.at) }, timeExact(event.at)),
      h('span', { class: 'muted small', title: t('events.pause', { pause: duration(Math.max(0, pause)) }) }, `+${duration(away)}`)),
    h('div', { class: 'event-what' },
      h('p', null, h('span', { class: 'strong' }, eventWord(event.name)), ' ', h('code', { class: 'muted small' }, event.name)),
      event.note && h('p', { class: 'small note' }, cut(event.note, 320)),
      (event.changes ?? []).length > 0 && h('ul', { class: 'changes', 'aria-label': t('events.changes') }, event.changes.map((change) => changed(change, saga.saga_name)))),
    h('p', { class: 'event-who muted small', title: cut(event.actor, 80) }, icon('person', t('events.actor')), shortId(cut(event.actor, 80))));
}

function changed(change, kind) {
  const isSaga = change.of === kind;
  const one = (status) => (isSaga ? sagaBadge(status) : partBadge(status, change.of === 'payment'));
  return h('li', { key: change.of, class: 'change', 'data-test': 'change', 'data-of': change.of },
    h('span', { class: 'change-of' }, isSaga ? kindWord(kind) : partWord(change.of)),
    change.before && [one(change.before), icon('right', t('becomes'))], one(change.after));
}
