// What began within the last hour, minute by minute, and how it stands now.
import { h, icon } from '../core/dom.js';
import { number, time } from '../core/format.js';
import { t } from '../core/i18n.js';
import { empty } from '../core/parts.js';
import { href } from '../core/route.js';
import { kindWord, sagaBadge, symbolOf } from './bits.js';
import { barsOf, lately, outcomesOf, peakOf } from './now-rules.js';

/** The drawing's own units: a bar has its minute to itself, less a gap. */
const BAR = { every: 10, width: 8, height: 100, least: 2 };

export const hourView = ({ from, to, kinds }) => kinds.length === 0
  ? h('div', { class: 'card' }, empty('clock', t('now.hour_none'), t('sagas.none_yet')))
  : h('div', { class: 'hour-kinds' }, kinds.map((figures) => kindView(figures, from, to)));

function kindView(figures, from, to) {
  const { kind, is_complete: whole } = figures;
  return h('article', { key: kind, class: 'card stack', 'aria-label': kindWord(kind), 'data-test': 'figures', 'data-kind': kind },
    h('p', { class: 'row between' },
      h('span', { class: 'row tight strong' }, icon(symbolOf(kind)), kindWord(kind)),
      h('span', null, h('span', { class: 'hour-begun figures', 'data-test': 'begun' }, number(figures.begun), !whole && '+'), ' ', h('span', { class: 'muted small' }, t('now.begun', { count: figures.begun })))),
    bars(barsOf(figures, from), figures, from, to),
    outcomes(figures),
    !whole && h('p', { class: 'small muted', 'data-test': 'not-all' }, t('now.not_all')));
}

function bars(all, figures, from, to) {
  const peak = peakOf(all);
  const told = t('now.bars', { kind: kindWord(figures.kind), count: number(figures.begun), from: time(from), to: time(to), peak: number(peak.count), at: time(peak.at), last: number(lately(figures, 10)) });
  return h('div', { class: 'stack-tight' },
    h('svg', { class: 'bars', viewBox: `0 0 ${all.length * BAR.every} ${BAR.height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': told, 'data-test': 'bars' }, all.map(bar)),
    h('p', { class: 'row between small muted figures', 'aria-hidden': 'true' },
      h('span', null, time(from)), peak.count > 0 && h('span', null, t('now.peak', { count: number(peak.count) })), h('span', null, time(to))));
}

function bar({ at, count, share }, index) {
  const height = count === 0 ? 1 : Math.max(BAR.least, share * BAR.height);
  return h('rect', { key: index, class: count === 0 ? 'none' : undefined, x: index * BAR.every, y: BAR.height - height, width: BAR.width, height },
    h('title', null, `${time(at)} · ${number(count)}`));
}

function outcomes(figures) {
  const all = outcomesOf(figures);
  if (all.length === 0) return h('p', { class: 'muted' }, t('now.hour_none'));
  return h('ul', { class: 'hour-outcomes', 'aria-label': t('now.outcomes') }, all.map(({ status, count }) => h('li', { key: status },
    h('a', { href: href('/sagas', { kind: figures.kind, status }), 'data-test': 'outcome-link', 'data-status': status }, sagaBadge(status), h('span', { class: 'figures strong' }, number(count))))));
}
