// The breakers: which suppliers are not asked at the moment, and until when.
import { h, icon } from '../core/dom.js';
import { number } from '../core/format.js';
import { t } from '../core/i18n.js';
import { badge, empty } from '../core/parts.js';
import { kindWord, left, since, symbolOf, topicWord } from './bits.js';
import { byConcern, nameOf } from './now-rules.js';

const TONES = { open: 'bad', half_open: 'warn', closed: 'ok' };

export const breakerWord = ({ service, supplier }) => `${topicWord(supplier)} (${kindWord(service)})`;

export const breakersView = (all, at) => all.length === 0
  ? h('div', { class: 'card' }, empty('check', t('now.breakers_none'), t('now.breakers_none_text')))
  : h('ul', { class: 'tiles' }, byConcern(all).map((breaker) => tile(breaker, at)));

const tile = (breaker, at) => h('li', { key: nameOf(breaker), class: `tile ${breaker.state}`, 'data-test': 'breaker', 'data-breaker': nameOf(breaker), 'data-state': breaker.state },
  h('p', { class: 'row between' },
    h('span', { class: 'row tight' }, icon(symbolOf(breaker.supplier)), h('span', { class: 'strong' }, topicWord(breaker.supplier)), h('span', { class: 'muted small' }, kindWord(breaker.service))),
    badge(TONES[breaker.state], t(`breaker.${breaker.state}`))),
  breaker.state !== 'closed' && h('p', null, wait(breaker, at)),
  breaker.failures > 0 && h('p', { class: 'small muted' }, t('breaker.failures', { count: breaker.failures, number: number(breaker.failures) }), breaker.last_failure && [' · ', since(breaker.last_failure)]));

/** An open breaker tells when it lets a call through, a half-open one how long that call may take. */
function wait({ state, until }, at) {
  const time = until && left(until, at);
  return time ? [t(`breaker.${state}_until`), ' ', time] : t(`breaker.${state}_now`);
}
