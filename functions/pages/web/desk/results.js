// What came of an act, or would come of it: a line for each saga, and one for each piece of work.
import { h, icon } from '../core/dom.js';
import { cut, shortId } from '../core/format.js';
import { t } from '../core/i18n.js';
import { badge } from '../core/parts.js';
import { sentence } from '../core/problem.js';
import { sagaBadge, statusWord, symbolOf, workWord } from './bits.js';
import { afterOf, endOf, saidOf, sumOf } from './said.js';

export function results(act, dry, run, all) {
  const shown = run ?? dry;
  if (!shown) return h('p', { key: 'none', class: 'small muted', 'data-test': 'act-results' }, t('act.before_dry'));
  const { outcomes } = shown;
  const count = shown.count();
  return h('section', { key: run ? 'run' : 'dry', class: 'results stack-tight', 'aria-label': t(run ? 'act.results' : 'act.dry_results'), 'data-test': run ? 'act-done' : 'act-results' },
    h('p', { class: 'row between' }, h('span', { class: 'strong' }, t(run ? 'act.results' : 'act.dry_results')), h('span', { class: 'small muted figures' }, run && count === outcomes.length ? sumWords(run) : t('act.progress', { done: count, count: outcomes.length }))),
    all > 1 && h('progress', { max: String(outcomes.length), value: String(count), 'aria-label': t('act.progress_label') }),
    h('ul', { class: 'outcomes' }, outcomes.map((outcome) => h('li', { key: `${outcome.item.kind}/${outcome.item.id}`, class: outcome.state, 'data-test': 'outcome', 'data-state': outcome.state }, line(act, outcome)))));
}

/** What came of all, in words. */
export const sumWords = (run) => sumOf(run.outcomes).map(({ key, count }) => t(key, { count })).join(' · ');

function line(act, outcome) {
  const { item, state, answer } = outcome;
  const over = answer && (state === 'done' || state === 'failed');
  const end = over && answer.before !== answer.after ? afterOf(act, item.kind, answer.after) : null;
  return [
    h('p', { class: 'row' }, icon(symbolOf(item.kind)), h('code', { title: item.id }, shortId(item.id)),
      state === 'runs' && h('span', { class: 'spinner', 'aria-hidden': 'true' }),
      (state === 'waits' || state === 'left' || state === 'runs') && h('span', { class: 'muted small' }, t(`act.state_${state}`)),
      over && h('span', { class: 'row tight' }, sagaBadge(answer.before), icon('right', t('becomes')), end ? badge('calm', t('tone.undone'), { 'data-status': answer.after }) : sagaBadge(answer.after))),
    state === 'failed' && outcome.problem && h('p', { class: 'bad-text small' }, sentence(outcome.problem), ' ', h('span', { class: 'muted' }, cut(outcome.problem?.document?.detail ?? '', 240))),
    over && h('ul', { class: 'small' }, answer.did.length === 0
      ? h('li', null, t('act.nothing_left'))
      : answer.did.map((did, at) => h('li', { key: at }, workWord(did), ' – ', said(act, did.outcome)))),
    over && h('p', { class: 'small', 'data-test': 'outcome-end' }, t(endOf(act, answer), { status: end ? t(end, { status: statusWord(answer.after) }) : statusWord(answer.after) })),
  ];
}

function said(act, outcome) {
  const text = t(saidOf(act, outcome), { why: cut(outcome?.failed, 240) });
  return outcome?.failed === undefined ? text : h('span', { class: 'bad-text' }, text);
}
