// @ts-check
/** Which letters the customer gets, and in which language. */
import { toast } from '../core/announce.js';
import { put } from '../core/api.js';
import { h } from '../core/dom.js';
import { LANGUAGES, t } from '../core/i18n.js';
import { action, actButton, field } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { fetched, fetchedView, section } from './account-part.js';

/** @param {() => void} draw */
export function lettersPart(draw) {
  const stored = fetched('preferences', draw);
  const save = action(draw, async (_key, /** @type {any} */ wanted) => {
    stored.body = await put('preferences', wanted);
    toast(t('letters.saved'), { kind: 'ok' });
  });
  const change = (/** @type {string} */ name, /** @type {any} */ value) => {
    stored.body = { ...stored.body, [name]: value };
    draw();
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    save.go(stored.body);
  };
  const tick = (/** @type {string} */ name) =>
    h(
      'p',
      { key: name },
      h(
        'label',
        { class: 'tick' },
        h('input', {
          type: 'checkbox',
          checked: stored.body[name],
          onchange: (/** @type {any} */ event) => change(name, event.target.checked),
          'data-test': `letters-${name}`,
        }),
        t(`letters.${name}`),
      ),
    );
  return () =>
    section(
      'letters',
      t('letters.title'),
      fetchedView(stored, (body) =>
        h(
          'form',
          { class: 'stack', onsubmit: submit },
          h('div', { class: 'stack-tight' }, ['bookings', 'orders'].map(tick)),
          h('p', { class: 'small muted' }, t('letters.text')),
          field(
            { id: 'letters-language', label: t('letters.language') },
            h(
              'select',
              {
                value: body.language,
                onchange: (/** @type {any} */ event) => change('language', event.target.value),
                'data-test': 'letters-language',
              },
              Object.entries(LANGUAGES).map(([code, name]) => h('option', { key: code, value: code, lang: code }, name)),
            ),
          ),
          save.problem && problemBox(save.problem),
          h('p', null, actButton(save, { type: 'submit', 'data-test': 'save-letters' }, t('letters.save'))),
        ),
      ),
    );
}
