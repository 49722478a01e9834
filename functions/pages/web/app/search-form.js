// @ts-check
/** The form of a search; which fields it has depends on the kind. */
import { h, icon } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { actButton, field } from '../core/parts.js';
import { PLACES, placeName, placeText } from './places.js';
import { PARTS } from './search-model.js';
import { KINDS } from './trip.js';

const SYMBOLS = { origin: 'text', destination: 'text', start: 'date', end: 'date', people: 'number' };

/** @param {any} it @param {{submit: (event: any) => void, change: (name: string, value: string) => void, busy: any}} acts */
export function searchForm(it, { submit, change, busy }) {
  const { wish } = it;
  return h(
    'form',
    {
      class: 'card stack',
      role: 'search',
      'aria-label': t('search.title'),
      noValidate: true,
      onsubmit: submit,
      'data-test': 'search-form',
    },
    h(
      'fieldset',
      null,
      h('legend', { class: 'aside-voice' }, t('search.kind')),
      h(
        'div',
        { class: 'choices' },
        KINDS.map((kind) =>
          h(
            'label',
            { key: kind },
            h('input', {
              type: 'radio',
              name: 'kind',
              value: kind,
              checked: wish.kind === kind,
              onchange: () => change('kind', kind),
              'data-test': `kind-${kind}`,
            }),
            icon(kind),
            t(`kind.${kind}`),
          ),
        ),
      ),
    ),
    h(
      'div',
      { class: 'fields' },
      PARTS[wish.kind].map((name) => h('div', { key: name }, wishField(it, name, change))),
    ),
    h(
      'datalist',
      { id: 'places' },
      PLACES.map((code) => h('option', { key: code, value: placeText(code) })),
    ),
    h(
      'div',
      { class: 'row' },
      actButton(busy, { type: 'submit', class: 'main', 'data-test': 'search' }, icon('search'), t('search.search')),
    ),
  );
}

/** @param {any} it @param {string} name @param {(name: string, value: string) => void} change */
function wishField(it, name, change) {
  const { wish } = it;
  const kind = /** @type {Record<string, string>} */ (SYMBOLS)[name];
  const props = {
    text: {
      list: 'places',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: name === 'destination' ? t('search.anywhere') : undefined,
    },
    date: { max: '2099-12-31', min: name === 'end' ? wish.start : undefined },
    number: { min: '1', max: '9', inputmode: 'numeric' },
  }[kind];
  const value = kind === 'text' && wish[name] ? placeName(wish[name]) : wish[name];
  const word = t(`search.${wish.kind === 'flight' || wish.kind === 'train' ? 'go' : wish.kind}_${name}`);
  return field(
    { id: `wish-${name}`, label: word, problem: it.wrong[name] && t(it.wrong[name]) },
    h('input', {
      type: kind,
      name,
      value,
      required: name !== 'destination',
      ...props,
      oninput: (/** @type {any} */ event) => change(name, event.target.value),
      'data-test': name,
    }),
  );
}
