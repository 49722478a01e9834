// @ts-check
/** What the parts of the account have in common. */
import { get } from '../core/api.js';
import { h } from '../core/dom.js';
import { Problem } from '../core/http.js';
import { t } from '../core/i18n.js';
import { action, field, fieldId, skeleton } from '../core/parts.js';
import { fieldProblem, problemBox } from '../core/problem.js';

/** Something of the account that is fetched once, and again after a change. @param {string} path @param {() => void} draw */
export function fetched(path, draw) {
  const it = { body: /** @type {any} */ (null), load: action(draw, async () => void (it.body = await get(path))) };
  it.load.go();
  return it;
}

/** @param {string} id @param {string} title @param {...any} children */
export const section = (id, title, ...children) =>
  h(
    'section',
    { class: 'card stack', 'aria-labelledby': `${id}-title`, 'data-test': `account-${id}` },
    h('h2', { id: `${id}-title` }, title),
    ...children,
  );

/** What was fetched, or that it is not there yet, or why. @param {ReturnType<typeof fetched>} it @param {(body: any) => any} view */
export const fetchedView = (it, view) =>
  it.body ? view(it.body) : it.load.problem ? problemBox(it.load.problem, () => it.load.go()) : skeleton(3);

/** @param {unknown} problem */
export const isWrongPassword = (problem) => problem instanceof Problem && problem.kind === 'wrong-credentials';

/** A field for a password; what is typed stays until it is taken. @param {string} name @param {{fresh?: boolean}} [how] */
export function passwordField(name, { fresh = false } = {}) {
  const id = fieldId();
  let node = /** @type {HTMLInputElement | null} */ (null);
  return {
    value: () => node?.value ?? '',
    clear: () => node && void (node.value = ''),
    /** @param {string} label @param {string | null | undefined} wrong @param {unknown} problem */
    view: (label, wrong, problem) =>
      field(
        {
          id,
          label,
          hint: fresh ? t('sign_in.password_hint') : null,
          problem: wrong ?? (!fresh && isWrongPassword(problem) ? t('account.password_wrong') : fieldProblem(problem, name)),
        },
        h('input', {
          type: 'password',
          name,
          required: true,
          autocomplete: fresh ? 'new-password' : 'current-password',
          ref: (/** @type {any} */ it) => void (node = it),
          'data-test': name,
        }),
      ),
  };
}
