// @ts-check
/** What to pay with: a token of the payment supplier's, or an own account. Trips and orders share it. */
import { h, icon } from '../core/dom.js';
import { config, get } from '../core/api.js';
import { t } from '../core/i18n.js';
import { field } from '../core/parts.js';
import { fieldProblem, problemBox } from '../core/problem.js';

const TEST_TOKENS = ['tok_visa', 'tok_declined', 'tok_insufficient_funds', 'tok_pending'];
const TOKEN = /^[A-Za-z][!-~]{0,127}$/;
const ACCOUNT = 'acct_';

/** Why a payment failed. A token that the API refuses to take is said in words. @param {unknown} problem @param {string} token the one that was sent */
export function payProblem(problem, token) {
  const told = fieldProblem(problem, 'token');
  if (!told) return problemBox(problem);
  const words = token.startsWith(ACCOUNT) ? t('pay.account_wrong') : told;
  return h('div', { class: 'box bad', role: 'alert', 'data-test': 'problem' }, icon('alert'), h('p', null, words));
}

/** @param {() => void} draw @param {{pending?: boolean}} [how] whether a payment may be decided later */
export function payFields(draw, { pending = true } = {}) {
  const typed = { choice: '', token: '' };
  let accounts = /** @type {string[]} */ ([]);
  let simulated = false;
  let wrong = /** @type {string | null} */ (null);
  config().then(({ simulation }) => {
    simulated = simulation;
    typed.choice ||= simulated ? 'tok_visa' : 'token';
    draw();
  });
  // Without an answer there is no account to choose; a card pays all the same.
  get('accounts', { quiet: true }).then(
    (body) => {
      accounts = body.accounts.map((/** @type {any} */ account) => account.account_id);
      draw();
    },
    () => {},
  );
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
  const text = () =>
    h(
      'div',
      { key: 'token-field', class: 'option-field' },
      field(
        { id: 'pay-token-field', label: t('pay.token_label'), hint: t('pay.token_hint'), problem: wrong },
        h('input', {
          value: typed.token,
          autocomplete: 'off',
          spellcheck: 'false',
          autocapitalize: 'none',
          oninput: (/** @type {any} */ event) => void (typed.token = event.target.value),
          'data-test': 'token-field',
        }),
      ),
    );
  return {
    /** The token to pay with; `null`, and marked, when it is none. */
    token() {
      const value = typed.choice === 'token' ? typed.token.trim() : typed.choice;
      wrong = TOKEN.test(value) ? null : t('pay.token_wrong');
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
        accounts.map((id) => option(`${ACCOUNT}${id}`, 'bank', t('pay.account', { id }), null)),
        option('token', 'key', t('pay.token'), null),
        typed.choice === 'token' && text(),
      ),
  };
}
