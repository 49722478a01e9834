// @ts-check
/** The form to sign in or to register: in the place of a page that needs it, or over a page whose session has ended. */
import { post } from './api.js';
import { h } from './dom.js';
import { t } from './i18n.js';
import { action, actButton, field, fieldId, focusFirstWrong, slowNote } from './parts.js';
import { fieldProblem, problemBox } from './problem.js';
import { signIn } from './session.js';

const SHORTEST = 10;

/** @typedef {{email?: string, password?: string}} Wrong */
/** @param {string} email @param {string} password @param {boolean} fresh @returns {Wrong} */
export function wrongCredentials(email, password, fresh) {
  /** @type {Wrong} */
  const wrong = {};
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) wrong.email = t(email === '' ? 'sign_in.email_missing' : 'sign_in.email_wrong');
  if (password === '') wrong.password = t('sign_in.password_missing');
  else if (fresh && Array.from(password).length < SHORTEST) wrong.password = t('sign_in.password_short', { count: SHORTEST });
  return wrong;
}

/** @param {() => void} draw @param {{onDone?: () => void, fresh?: boolean, mayRegister?: boolean, forgotten?: string}} [how] `forgotten` is where a forgotten password is mended */
export function signInForm(draw, { onDone = () => {}, fresh = false, mayRegister = true, forgotten } = {}) {
  const ids = { email: fieldId(), password: fieldId() };
  const typed = { email: '', password: '' };
  /** @type {Wrong} */
  let wrong = {};
  let shown = false;
  const act = action(draw, async (_key, /** @type {string} */ email, /** @type {string} */ password, /** @type {boolean} */ register) => {
    if (register) await post('customers', { email, password });
    await signIn(email, password);
    onDone();
  });
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLElement} */ (event.currentTarget);
    wrong = wrongCredentials(typed.email.trim(), typed.password, fresh);
    draw();
    if (Object.keys(wrong).length > 0) return focusFirstWrong(form);
    await act.go(typed.email.trim(), typed.password, fresh);
  };
  const turn = () => {
    fresh = !fresh;
    wrong = {};
    act.forget();
  };
  const input = (/** @type {'email' | 'password'} */ name, /** @type {Record<string, any>} */ props) =>
    h('input', {
      name,
      required: true,
      oninput: (/** @type {any} */ event) => void (typed[name] = event.target.value),
      'data-test': name,
      ...props,
    });
  const show = () => {
    shown = !shown;
    draw();
  };
  const view = () =>
    h(
      'form',
      { class: 'stack', onsubmit: submit, noValidate: true, 'data-test': fresh ? 'register-form' : 'sign-in-form' },
      act.problem && problemBox(act.problem),
      field(
        { id: ids.email, label: t('sign_in.email'), problem: wrong.email ?? fieldProblem(act.problem, 'email') },
        input('email', { type: 'email', autocomplete: 'username', inputmode: 'email', spellcheck: 'false' }),
      ),
      field(
        {
          id: ids.password,
          label: t('sign_in.password'),
          hint: fresh ? t('sign_in.password_hint') : null,
          problem: wrong.password ?? fieldProblem(act.problem, 'password'),
        },
        input('password', { type: shown ? 'text' : 'password', autocomplete: fresh ? 'new-password' : 'current-password' }),
      ),
      h('p', null, h('label', { class: 'tick' }, h('input', { type: 'checkbox', checked: shown, onchange: show }), t('sign_in.show'))),
      actButton(act, { type: 'submit', class: 'main', 'data-test': 'submit' }, t(fresh ? 'sign_in.register' : 'sign_in.sign_in')),
      slowNote(act),
      forgotten && !fresh && h('p', null, h('a', { href: forgotten, 'data-test': 'forgotten' }, t('sign_in.forgotten'))),
      mayRegister &&
        h(
          'p',
          { class: 'row' },
          h('span', { class: 'muted' }, t(fresh ? 'sign_in.have' : 'sign_in.have_not')),
          h(
            'button',
            { type: 'button', class: 'link', onclick: turn, 'data-test': 'turn' },
            t(fresh ? 'sign_in.sign_in' : 'sign_in.register'),
          ),
        ),
    );
  return Object.assign(view, { title: () => t(fresh ? 'sign_in.register' : 'sign_in.title') });
}
