// What an operator does about what waits: redrive, resolve, abandon. Each is tried as a dry run first.
import { announce } from '../core/announce.js';
import { call, part } from '../core/api.js';
import { h } from '../core/dom.js';
import { shortId } from '../core/format.js';
import { t } from '../core/i18n.js';
import { dialog, field } from '../core/parts.js';
import { turnTo, wrongReason } from './act-rules.js';
import { ACTS, partOf, workWord } from './bits.js';
import { bulk } from './bulk.js';
import './dialog-words.js';
import { results, sumWords } from './results.js';

/** What appears under the pointer takes no click this long: it may be the second one of two. */
const QUIET = 400;

/** @typedef {{kind: string, id: string, left: any[]}} Subject */

/**
 * @param {Subject[]} subjects
 * @param {{draw: () => void, onClose: (done: boolean) => void, act?: string}} how
 */
export function actDialog(subjects, { draw, onClose, act = 'redrive' }) {
  const it = {
    act, part: '', reason: '', wrong: null,
    dry: null, run: null, ran: false, ready: true,
  };
  const change = (next) => {
    Object.assign(it, next, { dry: null, run: null, wrong: null });
    draw();
  };
  const begin = async (dry) => {
    it.wrong = wrongReason(it.act, it.reason);
    if (it.wrong) return refuse(draw);
    const again = !dry && it.run ? it.run.outcomes.filter((outcome) => outcome.state !== 'done') : null;
    const these = again ? again.map((outcome) => outcome.item) : dry ? subjects : goodOf(it.dry);
    const started = bulk(these, (subject) => send(subject, it, dry), { onChange: draw, isGood: (answer) => !answer.did.some((did) => did.outcome?.failed !== undefined) });
    if (dry) Object.assign(it, { dry: started, run: null });
    else Object.assign(it, { run: started, ran: true });
    draw();
    it.ready = false;
    await started.finished;
    announce(dry ? t('act.dry_told', { done: started.of('done').length, count: these.length }) : t('act.told', { sum: sumWords(started) }));
    draw();
    await new Promise((resolve) => { setTimeout(resolve, QUIET); });
    it.ready = true;
    draw();
    queueMicrotask(() => document.querySelector('[data-next]')?.focus());
  };
  const close = () => {
    it.dry?.stop();
    it.run?.stop();
    onClose(it.ran);
  };
  return {
    view: () => dialog({ title: title(subjects), onClose: close, test: 'act-dialog', wide: true },
      form(subjects, it, change, () => begin(true)),
      results(it.act, it.dry, it.run, subjects.length),
      buttons(it, { close, dryRun: () => begin(true), run: () => begin(false), stop: () => it.run?.stop() })),
  };
}

const goodOf = (dry) => dry.of('done').map((outcome) => outcome.item);

const title = (subjects) => (subjects.length === 1 ? t('act.title_one', { id: shortId(subjects[0].id) }) : t('act.title_many', { count: subjects.length }));

function refuse(draw) {
  draw();
  queueMicrotask(() => document.querySelector('dialog [aria-invalid=true]')?.focus());
}

async function send(subject, it, dry) {
  const body = {
    dry_run: dry,
    ...(it.reason.trim() ? { reason: it.reason.trim() } : {}),
    ...(it.part && it.act !== 'abandon' ? { part: it.part } : {}),
  };
  const answer = await call(`desk/${part(subject.id)}/${it.act}?kind=${part(subject.kind)}`, { method: 'POST', body });
  return answer.body;
}

function form(subjects, it, change, submit) {
  const locked = it.run !== null || (it.dry && it.dry.count() < it.dry.outcomes.length);
  const parts = subjects.length === 1 ? subjects[0].left : [];
  return h('form', { class: 'stack', 'data-test': 'act-form', onsubmit: (event) => { event.preventDefault(); submit(); } },
    h('fieldset', { class: 'stack-tight', disabled: locked }, h('legend', { class: 'strong' }, t('act.which')),
      ACTS.map((act) => h('label', { key: act, class: 'act-choice' },
        h('input', { type: 'radio', name: 'act', value: act, checked: it.act === act, disabled: locked, onchange: () => change(turnTo(act)), 'data-test': `act-${act}` }),
        h('span', null, h('span', { class: 'strong' }, t(`act.${act}`)), h('span', { class: 'small muted' }, t(`act.${act}_hint`)))))),
    parts.length > 1 && it.act !== 'abandon' && field({ id: 'act-part', label: t('act.part') },
      h('select', { value: it.part, disabled: locked, onchange: (event) => change({ part: event.target.value }), 'data-test': 'act-part' },
        h('option', { value: '' }, t('act.all_parts')), parts.map((work) => h('option', { key: partOf(work), value: partOf(work) }, workWord(work))))),
    // What was typed stays in a box until the box is another one.
    field({ id: 'act-reason', label: t(it.act === 'redrive' ? 'act.reason_free' : 'act.reason'), hint: t('act.reason_hint'), problem: it.wrong },
      h('textarea', { key: it.act, rows: '2', maxlength: '1000', readOnly: locked, value: it.reason, oninput: (event) => typed(it, event.target.value, change), 'data-test': 'act-reason' })));
}

/** A dry run speaks for what it was asked with. */
function typed(it, reason, change) {
  if (it.dry || it.wrong) change({ reason });
  else it.reason = reason;
}

function buttons(it, does) {
  const runs = (of) => of && of.count() < of.outcomes.length;
  const busy = runs(it.dry) || runs(it.run);
  const good = it.dry?.of('done').length ?? 0;
  const rest = it.run ? it.run.outcomes.length - it.run.of('done').length : 0;
  const spinner = h('span', { class: 'spinner', 'aria-hidden': 'true' });
  const act = it.act === 'abandon' ? 'main danger' : 'main';
  const button = (name, props, ...words) => h('button', { key: name, type: 'button', 'data-test': `act-${name}`, ...props }, words);
  return h('div', { class: 'row ends-dialog' },
    button('close', { class: 'apart', onclick: does.close, 'data-next': it.run && !busy && rest === 0 ? '' : undefined }, t(it.run && !busy ? 'close' : 'act.cancel')),
    !busy && !it.run && good > 0 && button(it.ready ? 'confirm' : 'soon', { class: act, disabled: !it.ready, onclick: does.run, 'data-next': '' }, t(`act.${it.act}_count`, { count: good })),
    it.run && busy && button('busy', { class: act, 'aria-disabled': 'true' }, spinner, t(`act.${it.act}`)),
    !it.run && button('dry', { class: it.dry && !busy && good > 0 ? '' : 'main', onclick: busy ? undefined : does.dryRun, 'aria-disabled': busy ? 'true' : undefined }, busy && spinner, t(it.dry && !busy ? 'act.dry_again' : 'act.dry')),
    runs(it.run) && button('stop', { onclick: does.stop }, t('act.stop')),
    it.run && !busy && rest > 0 && button('rest', { class: 'main', disabled: !it.ready, onclick: does.run, 'data-next': '' }, t('act.rest', { count: rest })));
}
