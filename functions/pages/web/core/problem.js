// @ts-check
/** What went wrong, in words, with what to do. */
import { h, icon } from './dom.js';
import { cut } from './format.js';
import { Problem } from './http.js';
import { has, t } from './i18n.js';

/** @param {unknown} error @returns {{title: string, text: string}} */
export function explain(error) {
  if (!(error instanceof Problem)) {
    console.error(error);
    return { title: t('problem.page.title'), text: t('problem.page.text') };
  }
  const kind = has(`problem.${error.kind}.title`) ? error.kind : error.status >= 500 ? 'broken' : 'refused';
  const values = {
    detail: cut(error.document.detail ?? '', 240),
    seconds: Math.ceil(error.retryAfter ?? 0),
    count: Math.ceil(error.retryAfter ?? 0),
  };
  const timed = error.retryAfter && has(`problem.${kind}.after`) ? 'after' : 'text';
  return { title: t(`problem.${kind}.title`), text: t(`problem.${kind}.${timed}`, values) };
}

/** One sentence, for a note. @param {unknown} error */
export const sentence = (error) => {
  const { title, text } = explain(error);
  return `${title} ${text}`.trim();
};

/** The problem in the page, with a button to try again where that may help. @param {unknown} error @param {(() => void) | null} [retry] */
export function problemBox(error, retry = null) {
  const { title, text } = explain(error);
  const trace = error instanceof Problem && error.status >= 500 ? error.document.trace_id : null;
  return h(
    'div',
    { class: 'box bad', role: 'alert', 'data-test': 'problem', 'data-kind': error instanceof Problem ? error.kind : 'page' },
    icon('alert'),
    h(
      'div',
      { class: 'stack-tight' },
      h('p', { class: 'strong' }, title),
      h('p', null, text),
      trace && h('p', { class: 'small' }, t('problem.trace', { trace })),
      retry &&
        h('p', null, h('button', { type: 'button', class: 'small', onclick: retry, 'data-test': 'retry' }, icon('again'), t('again'))),
    ),
  );
}

/** What is wrong with a field, by the API's path of it (`deliver_to.city`). @param {unknown} error @param {string} field */
export function fieldProblem(error, field) {
  if (!(error instanceof Problem)) return undefined;
  const found = error.fields.find((each) => each.field === field || each.field.endsWith(`.${field}`));
  return found && cut(found.problem, 160);
}
