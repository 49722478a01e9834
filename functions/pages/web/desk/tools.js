// The header's buttons to search and for help, and the place of their dialogs, which stand outside it.
import { drawing, h, icon } from '../core/dom.js';
import { onLanguage, t } from '../core/i18n.js';
import { need } from '../core/lazy.js';
import { isOperator } from '../core/session.js';

/** The dialog that is open. */
let view = null;
let draw = () => {};

const close = () => {
  view = null;
  draw();
};

const opens = (name) => async () => {
  if (view || !isOperator()) return;
  const part = await need(name);
  if (!part || view) return;
  view = part.dialogOf({ draw, close });
  draw();
};

export const openSearch = opens('search');
export const openHelp = opens('help');

export const toolButtons = () => isOperator() && [
  h('button', { key: 'search', type: 'button', class: 'quiet find', onclick: openSearch, 'data-test': 'search', 'aria-label': t('search.title') },
    icon('search'), h('span', { class: 'find-word' }, t('search.short')), h('kbd', { 'aria-hidden': 'true' }, '/')),
  h('button', { key: 'help', type: 'button', class: 'quiet square', onclick: openHelp, 'aria-label': t('help.title'), 'data-test': 'help' }, icon('help')),
];

export function startOverlays() {
  const place = document.createElement('div');
  document.body.append(place);
  draw = drawing(place, () => [view?.()]);
  onLanguage(draw);
  addEventListener('hashchange', close);
}
