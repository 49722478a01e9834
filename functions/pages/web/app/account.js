// @ts-check
/** The customer's own account: address, password, sessions, letters, what is stored, and the end of it all. */
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { erasePart } from './account-erase.js';
import { lettersPart } from './account-letters.js';
import { mePart, passwordPart } from './account-me.js';
import { sessionsPart } from './account-sessions.js';

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function accountPage({ draw }) {
  const sessions = sessionsPart(draw);
  const parts = [mePart(draw), passwordPart(draw, sessions.again), sessions.view, lettersPart(draw), erasePart(draw)];
  return {
    title: () => t('account.title'),
    view: () => [
      h('h1', { tabindex: '-1' }, t('account.title')),
      h(
        'div',
        { class: 'halves' },
        parts.map((view, key) => h('div', { key, class: 'half' }, view())),
      ),
    ],
  };
}
