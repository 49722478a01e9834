// @ts-check
/** The shop: products, and how many of each go into the basket. */
import { h, icon } from '../core/dom.js';
import { cut, money, number } from '../core/format.js';
import { t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { empty, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { basketCount, inBasket, KINDS_AT_MOST, putIn } from './basket.js';

const FEW = 10;

/** The products, kept as they are on the server. @param {() => void} draw */
export function products(draw) {
  const it = {
    all: /** @type {any[] | null} */ (null),
    problem: /** @type {any} */ (null),
    stop: () => live.stop(),
    now: () => live.now(),
  };
  const live = watch(
    'products',
    (body) => {
      Object.assign(it, { all: body.products, problem: null });
      draw();
    },
    {
      every: 15_000,
      onProblem: (problem) => {
        it.problem = problem;
        draw();
      },
    },
  );
  return it;
}

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function shopPage({ draw }) {
  const shelf = products(draw);
  let wanted = '';
  const look = (/** @type {any} */ event) => {
    wanted = event.target.value;
    draw();
  };
  return {
    title: () => t('shop.title'),
    stop: shelf.stop,
    view: () => [
      h(
        'header',
        { class: 'row between' },
        h('h1', { tabindex: '-1' }, t('shop.title')),
        h(
          'a',
          { class: `button${basketCount() > 0 ? ' main' : ''}`, href: '#/basket', 'data-test': 'to-basket' },
          icon('basket'),
          t('basket.with', { count: basketCount(), n: number(basketCount()) }),
        ),
      ),
      h(
        'div',
        { class: 'field shop-search' },
        h('label', { for: 'shop-search' }, t('shop.search')),
        h('input', { id: 'shop-search', type: 'search', oninput: look, 'data-test': 'shop-search' }),
      ),
      shelfView(shelf, wanted, draw),
    ],
  };
}

/** @param {ReturnType<typeof products>} shelf @param {string} wanted @param {() => void} draw */
function shelfView(shelf, wanted, draw) {
  if (!shelf.all)
    return shelf.problem
      ? problemBox(shelf.problem, shelf.now)
      : h(
          'div',
          { class: 'shelf' },
          Array.from({ length: 8 }, (_, key) => h('div', { key, class: 'card' }, skeleton(3))),
        );
  const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const found = shelf.all.filter((product) => plain(`${product.name} ${product.sku}`).includes(plain(wanted.trim())));
  if (found.length === 0) return h('div', { class: 'card' }, empty('search', t('shop.none'), t('shop.none_text')));
  return h(
    'ul',
    { class: 'shelf', 'data-test': 'products' },
    found.map((product) => productCard(product, draw)),
  );
}

/** @param {any} product @param {() => void} draw */
function productCard(product, draw) {
  const { sku } = product;
  const left = product.available ?? 0;
  return h(
    'li',
    { key: sku, class: 'card product', 'data-test': 'product', 'data-sku': sku },
    h(
      'div',
      { class: 'stack-tight grow' },
      h('h2', { class: 'product-name' }, cut(product.name, 80)),
      h('p', { class: 'small muted mono' }, sku),
    ),
    h(
      'p',
      { class: 'row between' },
      h('span', { class: 'figures strong large' }, money(product.price)),
      h(
        'span',
        { class: `small ${left === 0 ? 'bad-text' : 'muted'}` },
        left === 0 ? t('shop.sold_out') : left < FEW ? t('shop.few', { count: left }) : t('shop.there'),
      ),
    ),
    stepper(product, draw),
  );
}

/** Whose other button takes the focus when one takes the place of the other. */
let pressed = '';

/** How many: a button at first, then minus, number, plus. @param {any} product @param {() => void} draw */
export function stepper(product, draw) {
  const { sku, available } = product;
  const count = inBasket()[sku] ?? 0;
  const most = Math.min(99, available ?? 0);
  const name = cut(product.name, 80);
  const set = (/** @type {number} */ n) => {
    if (n === 0 || count === 0) pressed = sku;
    putIn(sku, n);
    draw();
  };
  const take = (/** @type {HTMLElement} */ node) => {
    if (pressed === sku) node.focus({ preventScroll: true });
    pressed = '';
  };
  if (count === 0) {
    const full = Object.keys(inBasket()).length >= KINDS_AT_MOST;
    return h(
      'button',
      { type: 'button', class: 'wide', disabled: most === 0 || full, onclick: () => set(1), ref: take, 'data-test': 'put-in' },
      icon('plus'),
      t(full && most > 0 ? 'basket.full' : 'shop.put_in'),
      h('span', { class: 'aside-voice' }, `: ${name}`),
    );
  }
  return h(
    'div',
    { class: 'stepper', role: 'group', 'aria-label': t('shop.how_many', { name }) },
    h('button', { type: 'button', class: 'square', onclick: () => set(count - 1), 'aria-label': t('shop.less', { name }) }, icon('minus')),
    h('output', { class: 'figures strong', 'data-test': 'quantity' }, number(count)),
    h(
      'button',
      {
        type: 'button',
        class: 'square',
        'aria-disabled': count >= most ? 'true' : undefined,
        onclick: () => count < most && set(count + 1),
        ref: take,
        'aria-label': t('shop.more', { name }),
      },
      icon('plus'),
    ),
  );
}
