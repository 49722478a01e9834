// @ts-check
/** A card account: its balances, and what happened to it. */
import { h, icon } from '../core/dom.js';
import { cut, dateTime, money } from '../core/format.js';
import { named, recall, remember, t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { badge, empty, field, focusFirstWrong, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go } from '../core/route.js';
import { pages, pagesView } from './pages.js';
import { accountKey } from './pay-form.js';

const CURRENCY = 'BRL';
const NAME = /^[A-Za-z0-9._-]{1,40}$/;
const SYMBOLS = { FOOD: 'basket', MEAL: 'shop', MOBILITY: 'car', HEALTH: 'plus', CASH: 'card' };
/** What came in, and what went out. */
const SIGNS = { credit: 1, give_back: 1, release: 1, refund: 1, purchase: -1, reserve: -1, capture: 0 };

/** @param {number} amount */
const cents = (amount) => money({ amount, currency: CURRENCY });

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function chooseCardPage({ draw, query }) {
  const known = recall(accountKey());
  if (known && !query.has('other')) queueMicrotask(() => go(`#/card/${encodeURIComponent(known)}`, { replace: true }));
  let typed = '';
  let wrong = false;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong = !NAME.test(typed.trim());
    draw();
    if (wrong) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    go(`#/card/${encodeURIComponent(typed.trim())}`);
  };
  return {
    title: () => t('card.title'),
    view: () =>
      h(
        'div',
        { class: 'stack wide-gap narrow' },
        h('h1', { tabindex: '-1' }, t('card.title')),
        h(
          'form',
          { class: 'card stack', noValidate: true, onsubmit: submit, 'data-test': 'card-form' },
          h('p', { class: 'muted' }, t('card.text')),
          field(
            { id: 'card-name', label: t('card.name'), hint: t('card.name_hint'), problem: wrong ? t('card.name_wrong') : null },
            h('input', {
              required: true,
              autocomplete: 'off',
              spellcheck: 'false',
              autocapitalize: 'none',
              oninput: (/** @type {any} */ event) => void (typed = event.target.value),
              'data-test': 'card-name',
            }),
          ),
          h('p', null, h('button', { type: 'submit', class: 'main' }, t('card.show'))),
        ),
      ),
  };
}

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function cardPage({ params, draw }) {
  const path = `accounts/${encodeURIComponent(params.id)}`;
  const it = { account: /** @type {any} */ (null), problem: /** @type {any} */ (null) };
  const list = pages(`${path}/statement`, 'lines', (line) => line.seq, draw);
  const live = watch(
    path,
    (account) => {
      Object.assign(it, { account, problem: null });
      remember(accountKey(), params.id);
      draw();
    },
    {
      every: 5_000,
      onProblem: (problem) => {
        it.problem = problem;
        if (!problem.passing) list.stop();
        if (problem.status === 404 && recall(accountKey()) === params.id) remember(accountKey(), null);
        draw();
      },
    },
  );
  const stop = () => {
    live.stop();
    list.stop();
  };
  return {
    title: () => t('card.title'),
    stop,
    view: () => [
      h(
        'header',
        { class: 'row between' },
        h(
          'div',
          { class: 'stack-tight' },
          h('h1', { tabindex: '-1' }, t('card.title')),
          h('p', { class: 'muted small' }, t('card.name'), ' ', h('span', { class: 'mono' }, params.id)),
        ),
        h('a', { class: 'button', href: '#/card?other=1' }, t('card.other')),
      ),
      it.problem && !it.account
        ? problemBox(it.problem, it.problem.passing ? live.now : null)
        : [
            h(
              'section',
              { key: 'balances', class: 'stack', 'aria-labelledby': 'balances-title' },
              h('h2', { id: 'balances-title' }, t('card.balances')),
              it.account
                ? balancesView(it.account)
                : h(
                    'div',
                    { class: 'balances' },
                    Array.from({ length: 5 }, (_, key) => h('div', { key, class: 'card' }, skeleton(2))),
                  ),
            ),
            h(
              'section',
              { key: 'lines', class: 'stack', 'aria-labelledby': 'lines-title' },
              h('h2', { id: 'lines-title' }, t('card.statement')),
              pagesView(list, empty('list', t('card.no_lines'), t('card.no_lines_text')), lineView),
            ),
          ],
    ],
  };
}

/** @param {any} account */
function balancesView(account) {
  return [
    h(
      'ul',
      { class: 'balances', 'data-test': 'balances' },
      Object.entries(account.balances).map(([category, amount]) =>
        h(
          'li',
          { key: category, class: 'card stack-tight', 'data-test': `balance-${category}` },
          h('p', { class: 'row muted small' }, icon(/** @type {any} */ (SYMBOLS)[category] ?? 'card'), named('category', category)),
          h('p', { class: 'figures strong large' }, cents(amount)),
        ),
      ),
    ),
    account.reserved > 0 && h('p', { class: 'muted' }, t('card.reserved', { amount: cents(account.reserved) })),
  ];
}

/** @param {any} line */
function lineView(line) {
  const refused = line.code !== '00';
  const sign = refused ? 0 : (/** @type {any} */ (SIGNS)[line.kind] ?? 0);
  const amount = `${sign > 0 ? '+' : sign < 0 ? '−' : ''}${cents(line.amount)}`;
  return h(
    'div',
    { class: `card list-row${refused || line.given_back ? ' gone' : ''}`, 'data-test': 'line', 'data-code': line.code },
    h('span', { class: 'sign' }, icon(sign > 0 ? 'plus' : refused ? 'close' : 'card')),
    h(
      'div',
      { class: 'grow stack-tight' },
      h('p', { class: 'strong' }, line.merchant ? cut(line.merchant, 60) : named('movement', line.kind)),
      h(
        'p',
        { class: 'small muted' },
        [line.merchant && named('movement', line.kind), named('category', line.category), dateTime(line.at)].filter(Boolean).join(' · '),
      ),
      (refused || line.reason) &&
        h('p', { class: 'small muted' }, t(`code.${line.code}`), line.reason && [' ', h('q', { key: 'why' }, cut(line.reason, 120))]),
    ),
    h(
      'div',
      { class: 'row-end' },
      refused ? badge('bad', t('card.refused')) : line.given_back ? badge('calm', t('card.given_back')) : null,
      h('span', { class: `figures strong${sign > 0 ? ' ok-text' : ''}` }, amount),
    ),
  );
}
