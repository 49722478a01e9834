// @ts-check
/** What the pages of a trip and of an order have in common. */
import { h } from '../core/dom.js';
import { dateTime, shortId } from '../core/format.js';
import { t } from '../core/i18n.js';
import { actButton, dialog } from '../core/parts.js';
import { problemBox } from '../core/problem.js';

/** The title, the number, and how it stands. @param {{title: string, id: string, test: string, created: string, stands: any}} of */
export function pageHead({ title, id, test, created, stands }) {
  const number = h(
    'span',
    { class: 'mono', title: id, 'data-test': test, 'data-id': id },
    h('span', { class: 'no-print' }, shortId(id)),
    h('span', { class: 'only-print' }, id),
  );
  const line = h('p', { class: 'muted small' }, t('trip.number'), ' ', number, ' · ', dateTime(created));
  return h(
    'header',
    { class: 'row between page-head' },
    h('div', { class: 'stack-tight' }, h('h1', { tabindex: '-1' }, title), line),
    stands,
  );
}

/** Asks before something is given up. @param {{act: any, title: string, text: string, keep: string, onKeep: () => void, test: string}} of */
export function sureDialog({ act, title, text, keep, onKeep, test }) {
  const yes = { class: 'danger main', onclick: () => act.go(), 'data-test': `${test}-yes` };
  return dialog(
    { title, onClose: onKeep, test: `${test}-dialog` },
    act.problem && problemBox(act.problem),
    h('p', null, text),
    h('p', { class: 'row end' }, h('button', { type: 'button', onclick: onKeep }, keep), actButton(act, yes, title)),
  );
}
