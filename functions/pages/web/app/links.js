// @ts-check
/** One-time links of letters, and the request for one. */
import { post } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { action, actButton, field, focusFirstWrong, skeleton } from '../core/parts.js';
import { fieldProblem, problemBox } from '../core/problem.js';
import { wrongCredentials } from '../core/sign-in.js';
import { passwordField } from './account-part.js';
import { spendToken, token } from './token.js';

/** @param {string} title @param {any} body */
const page = (title, body) =>
  h('div', { class: 'stack wide-gap narrow' }, h('h1', { tabindex: '-1' }, title), h('section', { class: 'card stack' }, body));
/** @param {string} text @param {string} [to] */
const done = (text, to = 'links.on') => [
  h('div', { class: 'box ok', role: 'status', 'data-test': 'done' }, icon('check'), h('p', null, text)),
  h('p', null, h('a', { class: 'button main', href: '#/' }, t(to))),
];

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function forgottenPage({ draw }) {
  let email = '';
  let wrong = /** @type {string | undefined} */ (undefined);
  let sent = false;
  const ask = action(draw, async (_key, /** @type {string} */ address) => {
    await post('passwords/forgotten', { email: address });
    sent = true;
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong = wrongCredentials(email.trim(), 'x', false).email;
    draw();
    if (wrong) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    ask.go(email.trim());
  };
  return {
    title: () => t('forgotten.title'),
    view: () =>
      page(
        t('forgotten.title'),
        sent
          ? done(t('forgotten.sent'), 'sign_in.sign_in')
          : h(
              'form',
              { class: 'stack', noValidate: true, onsubmit: submit, 'data-test': 'forgotten-form' },
              h('p', { class: 'muted' }, t('forgotten.text')),
              ask.problem && problemBox(ask.problem),
              field(
                { id: 'forgotten-email', label: t('sign_in.email'), problem: wrong ?? fieldProblem(ask.problem, 'email') },
                h('input', {
                  type: 'email',
                  required: true,
                  autocomplete: 'username',
                  oninput: (/** @type {any} */ event) => void (email = event.target.value),
                  'data-test': 'email',
                }),
              ),
              actButton(ask, { type: 'submit', class: 'main', 'data-test': 'submit' }, t('forgotten.send')),
            ),
      ),
  };
}

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function resetPage({ draw }) {
  const fresh = passwordField('new_password', { fresh: true });
  let wrong = /** @type {string | undefined} */ (undefined);
  let changed = false;
  let typed = token();
  const reset = action(draw, async (_key, /** @type {string} */ given, /** @type {string} */ new_password) => {
    await post('passwords/reset', { token: given, new_password });
    changed = true;
    spendToken();
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong = wrongCredentials('a@b.c', fresh.value(), true).password;
    draw();
    if (wrong) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    reset.go(typed.trim(), fresh.value());
  };
  return {
    title: () => t('reset.title'),
    view: () =>
      page(
        t('reset.title'),
        changed
          ? done(t('reset.done'), 'sign_in.sign_in')
          : h(
              'form',
              { class: 'stack', noValidate: true, onsubmit: submit, 'data-test': 'reset-form' },
              reset.problem && problemBox(reset.problem),
              !token() &&
                field(
                  { id: 'reset-token', label: t('links.code'), hint: t('links.code_hint') },
                  h('input', {
                    autocomplete: 'one-time-code',
                    spellcheck: 'false',
                    oninput: (/** @type {any} */ event) => void (typed = event.target.value),
                    'data-test': 'token',
                  }),
                ),
              fresh.view(t('account.password_new'), wrong, reset.problem),
              h('p', { class: 'small muted' }, t('reset.text')),
              actButton(reset, { type: 'submit', class: 'main', 'data-test': 'submit' }, t('reset.do')),
            ),
      ),
  };
}

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function confirmPage({ draw }) {
  let confirmed = false;
  let typed = token();
  const confirm = action(draw, async (_key, /** @type {string} */ given) => {
    await post('customers/confirmation', { token: given });
    confirmed = true;
    spendToken();
  });
  if (token()) confirm.go(token());
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    confirm.go(typed.trim());
  };
  const form = () =>
    h(
      'form',
      { class: 'stack', onsubmit: submit, 'data-test': 'confirm-form' },
      field(
        { id: 'confirm-token', label: t('links.code'), hint: t('links.code_hint') },
        h('input', {
          required: true,
          autocomplete: 'one-time-code',
          spellcheck: 'false',
          oninput: (/** @type {any} */ event) => void (typed = event.target.value),
          'data-test': 'token',
        }),
      ),
      actButton(confirm, { type: 'submit', class: 'main', 'data-test': 'submit' }, t('confirm.do')),
    );
  return {
    title: () => t('confirm.title'),
    view: () =>
      page(
        t('confirm.title'),
        confirmed
          ? done(t('confirm.done'))
          : [
              confirm.problem && problemBox(confirm.problem, confirm.problem && token() ? () => confirm.go(token()) : null),
              confirm.busy && token() ? skeleton(2) : form(),
            ],
      ),
  };
}
