// Draws the timeline: a row for each step, what was done and what was undone one after the other.
import { h, icon } from '../core/dom.js';
import { duration, timeExact } from '../core/format.js';
import { t } from '../core/i18n.js';
import { axisOf } from './axis.js';
import { eventWord, kindWord, partWord, statusWord, symbolOf, topicWord } from './bits.js';
import { arrows } from './roving.js';
import { instants, rowsOf } from './timeline.js';

const share = (value) => `${Math.round(value * 100_000) / 1000}%`;

export function timelineView(at, even, set) {
  const { saga, count } = at;
  const axis = axisOf(instants(saga, at.now), even);
  const rows = rowsOf(saga, at.now, count);
  const head = axis.at(Date.parse(saga.events[count - 1].at));
  return h('div', { class: 'timeline', 'data-test': 'timeline' },
    h('div', { class: 'row between' },
      h('ul', { class: 'legend', 'aria-label': t('timeline.legend') }, ['doing', 'good', 'bad', 'undoing', 'undone', 'stuck'].map((tone) => h('li', { key: tone }, h('span', { class: `swatch ${tone}`, 'aria-hidden': 'true' }), t(`tone.${tone}`)))),
      h('label', { class: 'tick small' }, h('input', { type: 'checkbox', checked: !even, onchange: () => set({ even: !even }), 'data-test': 'true-to-time' }), t('timeline.true'))),
    h('ul', { class: 'rows', onkeydown: arrows, 'aria-label': t('timeline.rows'), 'aria-description': t('timeline.keys') }, rows.map((row, index) => rowView(row, axis, { saga, set, index, head: at.live ? null : head }))),
    h('div', { class: 'axis figures', 'aria-hidden': 'true' }, h('div', { class: 'track' }, axis.ticks.map((tick) => h('span', { key: tick.ms, style: { '--at': share(tick.share) } }, tick.ms === 0 ? '0' : `+${duration(tick.ms)}`)))));
}

function rowView(row, axis, { saga, set, index, head }) {
  const last = row.segments[row.segments.length - 1];
  const name = row.isSaga ? kindWord(row.name) : partWord(row.name);
  return h('li', { key: row.name, class: `trow${row.isSaga ? ' whole' : ''}`, 'data-test': 'timeline-row', 'data-name': row.name, 'data-status': last?.status },
    h('div', { class: 'trow-name' },
      icon(symbolOf(row.isSaga ? row.name : row.topic), row.isSaga ? undefined : topicWord(row.topic)),
      h('span', { class: 'grow' }, h('span', { class: 'block strong' }, name), h('span', { class: 'block small muted' }, last ? statusWord(last.status) : t('timeline.not_begun'))),
      row.attempts + row.retries > 1 && h('span', { class: 'small muted figures', title: t('timeline.attempts', { count: row.attempts + row.retries }), 'aria-label': t('timeline.attempts', { count: row.attempts + row.retries }) }, `×${row.attempts + row.retries}`)),
    h('div', { class: 'track', role: 'group', 'aria-label': name },
      row.segments.map((segment, at) => segmentView(segment, axis, { set, first: index === 0 && at === 0, saga })),
      row.marks.map((mark) => markView(mark, axis, set)),
      head !== null && h('span', { class: 'playhead', style: { '--at': share(head) }, 'aria-hidden': 'true' })));
}

function segmentView(segment, axis, { set, first, saga }) {
  const [from, to] = [axis.at(segment.from), axis.at(segment.to)];
  const status = statusWord(segment.status);
  const lasted = duration(segment.to - segment.from);
  const open = segment.open && !['good', 'undone', 'bad', 'none'].includes(segment.tone);
  const words = t(open ? 'timeline.still' : segment.open ? 'timeline.until_end' : 'timeline.lasted', { status, duration: lasted });
  return h('button', {
    key: `s${segment.event}`, type: 'button', class: `segment ${segment.tone}${segment.undo ? ' undo' : ''}${open ? ' open' : ''}${segment.open && !open ? ' rest' : ''}`,
    style: { '--from': share(from), '--to': share(to) }, tabindex: first ? '0' : '-1', 'data-roving': '', 'data-test': 'segment', 'data-status': segment.status,
    'aria-label': `${words}, ${timeExact(segment.from)}`, ...tip(from, tipOf(segment, segment.open && !open, open, saga)), onclick: () => set({ count: segment.event + 1 }),
  },
  h('span', { class: 'segment-word', 'aria-hidden': 'true' }, h('span', null, segment.undo && icon('undo'), status)));
}

/** What hovering and focus show. */
function tipOf(segment, rests, open, saga) {
  const status = statusWord(segment.status);
  if (rests) return [status, timeExact(segment.from), eventWord(saga.events[segment.event].name)];
  return [status, `${timeExact(segment.from)} – ${open ? t('timeline.now') : timeExact(segment.to)}`, duration(segment.to - segment.from)];
}

function markView(mark, axis, set) {
  const at = axis.at(mark.at);
  const words = eventWord(mark.name);
  return h('button', {
    key: `m${mark.event}`, type: 'button', class: 'mark', style: { '--at': share(at) }, tabindex: '-1', 'data-roving': '', 'data-test': 'mark', 'data-name': mark.name,
    'aria-label': `${words}, ${timeExact(mark.at)}`, ...tip(at, [words, timeExact(mark.at)]), onclick: () => set({ count: mark.event + 1 }),
  });
}

/** Shown by hovering and by focus; near the end of the axis it hangs to the left. The label says the same. */
const tip = (at, lines) => ({ 'data-tip': lines.join('\n'), 'data-leftward': at > 0.55 ? '' : undefined });
