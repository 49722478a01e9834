// @ts-check
/** What to pay with: a token of the payment supplier's, or an account. Trips and orders share it. */
import { h, icon } from '../core/dom.js';
import { config } from '../core/api.js';
import { recall, t } from '../core/i18n.js';
import { field } from '../core/parts.js';
import { current } from '../core/session.js';

const TEST_TOKENS = ['tok_visa', 'tok_declined', 'tok_insufficient_funds', 'tok_pending'];
const TOKEN = /^[A-Za-z][!-~]{0,127}$/;
const ACCOUNT = /^[A-Za-z0-9._-]{1,40}$/;

/** Where the last account that was looked at is remembered. */
export const accountKey = () => `holdfast.card.${current()?.customer_id}`;

/** @param {() => void} draw @param {{pending?: boolean}} [how] whether a payment may be decided later */
export function payFields(draw, { pending = true } = {}) {
  const typed = { choice: '', token: '', account: recall(accountKey()) ?? '' };
  let simulated = false;
  let wrong = /** @type {string | null} */ (null);
  config().then(({ simulation }) => {
    simulated = simulation;
    typed.choice ||= simulated ? 'tok_visa' : 'token';
    draw();
  });
  const choose = (/** @type {string} */ choice) => {
    typed.choice = choice;
    wrong = null;
    draw();
  };
  const option = (/** @type {string} */ value, /** @type {string} */ symbol, /** @type {any} */ text, /** @type {any} */ hint) =>
    h(
      'label',
      { key: value, class: 'option' },
      h('input', {
        type: 'radio',
        name: 'pay-with',
        value,
        checked: typed.choice === value,
        onchange: () => choose(value),
        'data-test': `pay-${value}`,
      }),
      icon(symbol),
      h('span', { class: 'grow' }, text),
      hint,
    );
  const text = (/** @type {'token' | 'account'} */ name) =>
    h(
      'div',
      { key: `${name}-field`, class: 'option-field' },
      field(
        { id: `pay-${name}-field`, label: t(`pay.${name}_label`), hint: t(`pay.${name}_hint`), problem: wrong },
        h('input', {
          value: typed[name],
          autocomplete: 'off',
          spellcheck: 'false',
          autocapitalize: 'none',
          oninput: (/** @type {any} */ event) => void (typed[name] = event.target.value),
          'data-test': `${name}-field`,
        }),
      ),
    );
  return {
    /** The token to pay with; `null`, and marked, when it is none. */
    token() {
      const { choice } = typed;
      const value = choice === 'token' ? typed.token.trim() : choice === 'account' ? `acct_${typed.account.trim()}` : choice;
      wrong =
        choice === 'token' && !TOKEN.test(value)
          ? t('pay.token_wrong')
          : choice === 'account' && !ACCOUNT.test(typed.account.trim())
            ? t('pay.account_wrong')
            : null;
      return wrong ? null : value;
    },
    view: () =>
      h(
        'fieldset',
        { class: 'stack options' },
        h('legend', { class: 'strong' }, t('pay.with')),
        simulated && h('p', { class: 'small muted' }, t('pay.simulated')),
        simulated &&
          TEST_TOKENS.filter((token) => pending || token !== 'tok_pending').map((token) =>
            option(token, 'card', t(`token.${token}`), h('span', { class: 'mono small muted' }, token)),
          ),
        option('account', 'bank', t('pay.account'), null),
        typed.choice === 'account' && text('account'),
        option('token', 'key', t('pay.token'), null),
        typed.choice === 'token' && text('token'),
      ),
  };
}
