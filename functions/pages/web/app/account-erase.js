// @ts-check
/** A copy of all that is stored, and the end of the account. */
import { toast } from '../core/announce.js';
import { call, post } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { action, actButton, dialog } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { ended, signOut } from '../core/session.js';
import { isWrongPassword, passwordField, section } from './account-part.js';

/** @param {string} text @param {string} name */
function offerFile(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  Object.assign(link, { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The copy comes page by page: each page names the one after it. */
async function everything() {
  const pages = [];
  let after = '';
  do {
    const { body } = await call(`customers/me/export${after ? `?after=${encodeURIComponent(after)}` : ''}`);
    pages.push(body);
    after = body.next ?? '';
  } while (after);
  return JSON.stringify(pages.length === 1 ? pages[0] : pages, null, 2);
}

/** @param {() => void} draw */
export function erasePart(draw) {
  const password = passwordField('password');
  let open = false;
  let wrong = /** @type {string | null} */ (null);
  const copy = action(draw, async () => offerFile(await everything(), 'holdfast.json'));
  const erase = action(draw, async (_key, /** @type {string} */ given) => {
    await post('customers/me/erasure', { password: given });
    open = false;
    await signOut().catch(() => ended());
    toast(t('erase.done'), { kind: 'ok' });
  });
  const show = (/** @type {boolean} */ shown) => () => {
    [open, wrong] = [shown, null];
    erase.forget();
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong = password.value() ? null : t('sign_in.password_missing');
    draw();
    if (!wrong) erase.go(password.value());
  };
  return () =>
    section(
      'data',
      t('erase.title'),
      h('p', { class: 'muted' }, t('export.text')),
      copy.problem && problemBox(copy.problem),
      h('p', null, actButton(copy, { onclick: () => copy.go(), 'data-test': 'export' }, icon('download'), t('export.do'))),
      h('p', { class: 'muted' }, t('erase.text')),
      h('p', null, h('button', { type: 'button', class: 'danger', onclick: show(true), 'data-test': 'erase' }, icon('bin'), t('erase.do'))),
      open &&
        dialog(
          { title: t('erase.do'), onClose: show(false), test: 'erase-dialog' },
          h(
            'form',
            { class: 'stack', noValidate: true, onsubmit: submit },
            h('p', null, t('erase.sure')),
            password.view(t('sign_in.password'), wrong, erase.problem),
            erase.problem && !isWrongPassword(erase.problem) && problemBox(erase.problem),
            h(
              'p',
              { class: 'row end' },
              h('button', { type: 'button', onclick: show(false) }, t('erase.keep')),
              actButton(erase, { type: 'submit', class: 'danger main', 'data-test': 'erase-yes' }, t('erase.do')),
            ),
          ),
        ),
    );
}
