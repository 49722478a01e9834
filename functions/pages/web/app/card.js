// @ts-check
/** A card account: its balances, and what happened to it. */
import { get } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { cut, dateTime, money, shortId } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { badge, empty, field, focusFirstWrong, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go } from '../core/route.js';
import { isOperator } from '../core/session.js';
import { pages, pagesView } from './pages.js';
import { signOf, stories, subjectOf } from './statement.js';

const CURRENCY = 'BRL';
const NAME = /^[A-Za-z0-9._-]{1,40}$/;
const SYMBOLS = { FOOD: 'basket', MEAL: 'shop', MOBILITY: 'car', HEALTH: 'plus', CASH: 'card' };

/** @param {number} amount */
const cents = (amount) => money({ amount, currency: CURRENCY });
/** @param {string} id */
const addressOf = (id) => `#/card/${encodeURIComponent(id)}`;

/** The own accounts; where there is one, it is opened at once. @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function chooseCardPage({ draw, query }) {
  const it = { accounts: /** @type {any[] | null} */ (null), problem: /** @type {any} */ (null) };
  const live = watch(
    'accounts',
    ({ accounts }) => {
      Object.assign(it, { accounts, problem: null });
      draw();
      if (accounts.length === 1 && !isOperator() && !query.has('all')) go(addressOf(accounts[0].account_id), { replace: true });
    },
    {
      every: 5_000,
      onProblem: (problem) => {
        it.problem = problem;
        draw();
      },
    },
  );
  const search = isOperator() ? accountSearch(draw) : null;
  return {
    title: () => t('card.title'),
    stop: live.stop,
    view: () => [
      h('h1', { tabindex: '-1' }, t('card.title')),
      it.accounts
        ? accountsView(it.accounts)
        : it.problem
          ? problemBox(it.problem, it.problem.passing ? live.now : null)
          : skeleton(2, 'block'),
      search?.(),
    ],
  };
}

/** @param {any[]} accounts */
function accountsView(accounts) {
  if (accounts.length === 0) return h('div', { class: 'card' }, empty('card', t('card.none'), t('card.none_text')));
  return h(
    'ul',
    { class: 'stack', 'data-test': 'accounts' },
    accounts.map((account) =>
      h(
        'li',
        { key: account.account_id },
        h(
          'a',
          { class: 'card list-row', href: addressOf(account.account_id), 'data-test': 'account-row', 'data-id': account.account_id },
          h('span', { class: 'sign' }, icon('card')),
          h('span', { class: 'grow strong' }, account.account_id),
          h('span', { class: 'figures strong' }, cents(sumOf(account.balances))),
        ),
      ),
    ),
  );
}

/** @param {Record<string, number>} balances */
const sumOf = (balances) => Object.values(balances).reduce((sum, amount) => sum + amount, 0);

/** Operators look at any account, by its name. @param {() => void} draw */
function accountSearch(draw) {
  let typed = '';
  let wrong = /** @type {string | null} */ (null);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const name = typed.trim();
    wrong = name === '' ? t('card.name_missing') : NAME.test(name) ? null : t('card.name_wrong');
    draw();
    if (wrong) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    go(addressOf(name));
  };
  return () =>
    h(
      'form',
      { class: 'card stack', noValidate: true, onsubmit: submit, 'data-test': 'card-form' },
      field(
        { id: 'card-name', label: t('card.name'), hint: t('card.name_hint'), problem: wrong },
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
    );
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
      draw();
    },
    {
      every: 5_000,
      onProblem: (problem) => {
        it.problem = problem;
        if (!problem.passing) list.stop();
        draw();
      },
    },
  );
  let several = isOperator();
  get('accounts', { quiet: true }).then(
    ({ accounts }) => {
      several ||= accounts.length > 1;
      draw();
    },
    () => {},
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
        several && h('a', { class: 'button', href: '#/card?all=1' }, t('card.all')),
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
              pagesView(list, empty('list', t('card.no_lines'), t('card.no_lines_text')), lineView, stories),
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
const movementOf = (line) => (line.reserved ? t('movement.paid') : named('movement', line.kind));

/** What was paid for, with the way to it; else who was paid, or what happened. @param {any} line */
function titleOf(line) {
  const subject = subjectOf(line);
  if (!subject) return line.merchant ? cut(line.merchant, 60) : movementOf(line);
  const word = subject.page === 'bookings' ? t('trip.plain') : t('order.title');
  return h('a', { href: `#/${subject.page}/${encodeURIComponent(subject.id)}`, 'data-test': 'line-subject' }, `${word} ${shortId(subject.id)}`);
}

/** @param {any} line */
function lineView(line) {
  const refused = line.code !== '00';
  const sign = signOf(line);
  const amount = `${sign > 0 ? '+' : sign < 0 ? '−' : ''}${cents(line.amount)}`;
  return h(
    'div',
    { class: `card list-row${refused || line.given_back ? ' gone' : ''}`, 'data-test': 'line', 'data-code': line.code },
    h('span', { class: 'sign' }, icon(sign > 0 ? 'plus' : refused ? 'close' : 'card')),
    h(
      'div',
      { class: 'grow stack-tight' },
      h('p', { class: 'strong' }, titleOf(line)),
      h(
        'p',
        { class: 'small muted' },
        [(line.merchant || subjectOf(line)) && movementOf(line), named('category', line.category), dateTime(line.at)]
          .filter(Boolean)
          .join(' · '),
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
