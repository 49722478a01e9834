// The timers that still run, the earliest deadline first.
import { h } from '../core/dom.js';
import { dateTime } from '../core/format.js';
import { t } from '../core/i18n.js';
import { badge, empty } from '../core/parts.js';
import { kindWord, left, sagaBadge, sagaLink, since } from './bits.js';
import { moreOf } from './kept.js';
import { stillRunning } from './now-rules.js';

const COLUMNS = ['saga', 'kind', 'status', 'left_time', 'timer'];

export function timersView(list, at) {
  const timers = stillRunning(list.lines(), list.body);
  if (timers.length === 0 && !list.after()) return h('div', { class: 'card' }, empty('clock', t('now.timers_none'), t('now.timers_none_text')));
  return h('div', { class: 'card flush' },
    h('div', { class: 'table timers', role: 'table', 'aria-labelledby': 'now-timers' },
      h('div', { class: 'head', role: 'row' }, COLUMNS.map((name) => h('span', { key: name, role: 'columnheader' }, t(`column.${name}`)))),
      timers.map((timer) => row(timer, at))),
    moreOf(list, timers.length));
}

function row(timer, at) {
  const key = `${timer.saga_name}/${timer.saga_id}`;
  return h('div', { key, class: 'line', role: 'row', 'data-row': key, 'data-test': 'timer-row', 'data-state': timer.state },
    h('span', { role: 'cell' }, sagaLink(timer.saga_name, timer.saga_id)),
    h('span', { role: 'cell', class: 'muted' }, kindWord(timer.saga_name)),
    h('span', { role: 'cell' }, sagaBadge(timer.status)),
    h('span', { role: 'cell', class: 'figures', title: dateTime(timer.deadline) }, left(timer.deadline, at) ?? over(timer)),
    h('span', { role: 'cell' }, timer.state === 'paused' ? paused(timer, at) : h('span', { class: 'muted' }, t('timer.running'))));
}

/** A running timer that is over is about to fire; a paused one waits for its payment first. */
const over = ({ deadline, state }) => h('span', { class: state === 'paused' ? 'muted' : 'bad-text' }, t('timer.over'), ' ', since(deadline));

function paused({ lease_until: lease }, at) {
  const time = lease && left(lease, at);
  return h('span', { class: 'row tight' }, badge('warn', t('timer.paused')), time && h('span', { class: 'small muted' }, t('timer.lease'), ' ', time));
}
