// @ts-check
// The header's buttons to search and for help, and the place of their dialogs.
import { drawing, h, icon } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { isOperator } from '../core/session.js';
import { help } from './help.js';
import { search } from './search.js';

export const toolButtons = () => isOperator() && [
  h('button', { key: 'search', type: 'button', class: 'quiet find', onclick: search.open, 'data-test': 'search', 'aria-label': t('search.title') },
    icon('search'), h('span', { class: 'find-word' }, t('search.short')), h('kbd', { 'aria-hidden': 'true' }, '/')),
  h('button', { key: 'help', type: 'button', class: 'quiet square', onclick: help.open, 'aria-label': t('help.title'), 'data-test': 'help' }, icon('help')),
];

/** Dialogs of the header stand outside of it. */
export function startOverlays() {
  const place = document.createElement('div');
  document.body.append(place);
  const draw = drawing(place, () => (isOperator() ? [search.view(), help.view()] : []));
  search.draws(draw);
  help.draws(draw);
}
