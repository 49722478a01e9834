// @ts-check
// The keys of the desk, and its words.
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { dialog } from '../core/parts.js';
import { statusWord } from './bits.js';
import './dialog-words.js';
import { keysAreOn, switchKeys } from './keys.js';

const KEYS = [['/'], ['?'], ['j', 'k'], ['x'], ['t', 'g'], ['[', ']'], ['l']];

/** Each with the name under which the pages show it. @type {[string, () => string][]} */
const WORDS = [['saga', () => t('saga.title')], ['redrive', () => t('act.redrive')], ['unwinding', () => statusWord('unwinding')], ['sweep', () => 'Left to the sweep'], ['all', () => 'States.ALL']];

/** @param {{draw: () => void, close: () => void}} of */
export function dialogOf({ draw, close }) {
  const turn = () => {
    switchKeys();
    draw();
  };
  return () => dialog({ title: t('help.title'), onClose: close, test: 'help-dialog' },
    h('dl', { class: 'keys' }, KEYS.map((keys) => h('div', { key: keys[0] },
      h('dt', null, keys.map((key) => h('kbd', { key }, key))), h('dd', null, t(`help.${keys[0]}`))))),
    h('p', { class: 'muted small' }, t('help.arrows')),
    h('label', { class: 'tick' }, h('input', { type: 'checkbox', checked: keysAreOn(), onchange: turn, 'data-test': 'keys-on' }), t('help.on')),
    h('h3', null, t('help.words')),
    h('dl', { class: 'keys words' }, WORDS.map(([word, name]) => h('div', { key: word }, h('dt', { class: 'strong' }, name()), h('dd', null, t(`means.${word}`))))));
}
