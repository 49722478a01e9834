// @ts-check
/** Who is signed in, and their password. */
import { toast } from '../core/announce.js';
import { post, put } from '../core/api.js';
import { h } from '../core/dom.js';
import { date } from '../core/format.js';
import { t } from '../core/i18n.js';
import { action, actButton, badge, facts, focusFirstWrong } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { renew } from '../core/session.js';
import { wrongCredentials } from '../core/sign-in.js';
import { fetched, fetchedView, isWrongPassword, passwordField, section } from './account-part.js';

/** @param {() => void} draw */
export function mePart(draw) {
  const me = fetched('customers/me', draw);
  const letter = action(draw, async () => {
    await post('customers/me/confirmation');
    toast(t('account.letter_sent'), { kind: 'ok' });
  });
  return () =>
    section(
      'me',
      t('account.me'),
      fetchedView(me, (body) => [
        facts([
          [t('sign_in.email'), h('span', { 'data-test': 'account-email' }, body.email)],
          [
            t('account.confirmed'),
            badge(body.confirmed ? 'ok' : 'warn', t(body.confirmed ? 'account.confirmed_yes' : 'account.confirmed_no')),
          ],
          [t('account.since'), date(body.created)],
          [t('account.number'), h('span', { class: 'mono small' }, body.customer_id)],
        ]),
        !body.confirmed &&
          h(
            'p',
            { class: 'row' },
            actButton(letter, { onclick: () => letter.go(), 'data-test': 'send-confirmation' }, t('account.send_letter')),
          ),
        letter.problem && problemBox(letter.problem),
      ]),
    );
}

/** @param {() => void} draw @param {() => void} onChanged the other sessions have ended */
export function passwordPart(draw, onChanged) {
  const [old, fresh] = [passwordField('password'), passwordField('new_password', { fresh: true })];
  let wrong = /** @type {{old?: string, fresh?: string}} */ ({});
  const change = action(draw, async (_key, /** @type {string} */ password, /** @type {string} */ new_password) => {
    renew(await put('customers/me/password', { password, new_password }));
    old.clear();
    fresh.clear();
    toast(t('account.password_changed'), { kind: 'ok' });
    onChanged();
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong = {
      old: old.value() ? undefined : t('sign_in.password_missing'),
      fresh: wrongCredentials('a@b.c', fresh.value(), true).password,
    };
    draw();
    if (wrong.old || wrong.fresh) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    change.go(old.value(), fresh.value());
  };
  return () =>
    section(
      'password',
      t('account.password'),
      h(
        'form',
        { class: 'stack', noValidate: true, onsubmit: submit },
        old.view(t('account.password_old'), wrong.old, change.problem),
        fresh.view(t('account.password_new'), wrong.fresh, change.problem),
        change.problem && !isWrongPassword(change.problem) && problemBox(change.problem),
        h('p', { class: 'small muted' }, t('account.password_text')),
        h('p', null, actButton(change, { type: 'submit', class: 'main', 'data-test': 'change-password' }, t('account.password_change'))),
      ),
    );
}
