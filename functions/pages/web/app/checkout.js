// @ts-check
/** The basket, and where it goes, and what pays for it: one request. */
import { post } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { cut, money } from '../core/format.js';
import { currentLanguage, recall, remember, t } from '../core/i18n.js';
import { action, actButton, empty, field, focusFirstWrong, skeleton, slowNote } from '../core/parts.js';
import { fieldProblem, problemBox } from '../core/problem.js';
import { go } from '../core/route.js';
import { current } from '../core/session.js';
import { emptyBasket, inBasket } from './basket.js';
import { payFields, payProblem } from './pay-form.js';
import { products, stepper } from './shop.js';

const FIELDS = /** @type {const} */ (['name', 'postcode', 'city', 'country']);
const COUNTRIES = ['BR', 'PT', 'ES', 'FR', 'IT', 'NL', 'DE', 'GB', 'US', 'AR', 'CL', 'JP'];
const MOST = { name: 100, postcode: 10, city: 100, country: 2 };
const AUTOFILL = { name: 'name', postcode: 'postal-code', city: 'address-level2', country: 'country' };

/** Keys of words. @param {Record<string, string>} address */
export function wrongAddress(address) {
  return Object.fromEntries(FIELDS.filter((name) => !address[name]?.trim()).map((name) => [name, `address.${name}_missing`]));
}

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function basketPage({ draw }) {
  const shelf = products(draw);
  const stored = `holdfast.address.${current()?.customer_id}`;
  const address = { name: '', postcode: '', city: '', country: 'BR', ...JSON.parse(recall(stored) ?? '{}') };
  let wrong = /** @type {Record<string, string>} */ ({});
  const pay = payFields(draw, { pending: false });
  let sent = '';
  const order = action(draw, async (key, /** @type {any} */ body) => {
    sent = body.payment.token;
    const placed = await post('orders', body, { key });
    remember(stored, JSON.stringify(body.deliver_to));
    emptyBasket();
    go(`#/orders/${placed.order_id}`);
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    wrong = wrongAddress(address);
    const token = pay.token();
    draw();
    if (Object.keys(wrong).length > 0 || !token) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    const deliver_to = Object.fromEntries(FIELDS.map((name) => [name, address[name].trim()]));
    order.go({ items: Object.entries(inBasket()).map(([sku, quantity]) => ({ sku, quantity })), deliver_to, payment: { token } });
  };
  return {
    title: () => t('basket.title'),
    stop: shelf.stop,
    view: () => {
      const lines = linesOf(shelf.all);
      return [
        h('h1', { tabindex: '-1' }, t('basket.title')),
        Object.keys(inBasket()).length === 0
          ? h(
              'div',
              { class: 'card' },
              empty('basket', t('basket.empty'), t('basket.empty_text'), h('a', { class: 'button main', href: '#/shop' }, t('shop.title'))),
            )
          : !shelf.all
            ? shelf.problem
              ? problemBox(shelf.problem, shelf.now)
              : h('div', { key: 'loading', class: 'card' }, skeleton(4))
            : h(
                'div',
                { class: 'beside' },
                h(
                  'section',
                  { class: 'card', 'aria-labelledby': 'basket-lines' },
                  h('h2', { id: 'basket-lines', class: 'aside-voice' }, t('basket.lines')),
                  h(
                    'ul',
                    { class: 'lines' },
                    lines.map((line) => lineView(line, draw)),
                  ),
                ),
                h(
                  'form',
                  { class: 'card stack', noValidate: true, onsubmit: submit, 'data-test': 'order-form' },
                  h('h2', null, t('address.title')),
                  addressFields(address, wrong, order.problem),
                  pay.view(),
                  h(
                    'p',
                    { class: 'row between total' },
                    h('span', null, t('trip.total')),
                    h('span', { class: 'figures', 'data-test': 'total' }, money(totalOf(lines))),
                  ),
                  order.problem && payProblem(order.problem, sent),
                  actButton(order, { type: 'submit', class: 'main wide', 'data-test': 'order' }, icon('lock'), t('basket.order')),
                  slowNote(order),
                  h('p', { class: 'small muted' }, t('pay.once')),
                ),
              ),
      ];
    },
  };
}

/** @param {any[] | null} all */
function linesOf(all) {
  return Object.entries(inBasket()).map(([sku, quantity]) => ({
    quantity,
    product: all?.find((product) => product.sku === sku) ?? { sku, name: sku, price: null, available: 0 },
  }));
}

/** @param {Array<{quantity: number, product: any}>} lines */
export function totalOf(lines) {
  const priced = lines.filter(({ product }) => product.price);
  if (priced.length === 0) return null;
  return {
    amount: priced.reduce((sum, { quantity, product }) => sum + quantity * product.price.amount, 0),
    currency: priced[0].product.price.currency,
  };
}

/** @param {{quantity: number, product: any}} line @param {() => void} draw */
function lineView({ quantity, product }, draw) {
  const short = (product.available ?? 0) < quantity;
  return h(
    'li',
    { key: product.sku, class: 'line', 'data-test': 'basket-line', 'data-sku': product.sku },
    h(
      'div',
      { class: 'grow stack-tight' },
      h('h3', null, cut(product.name, 80)),
      h('p', { class: 'small muted figures' }, money(product.price)),
      short && h('p', { class: 'small bad-text' }, t('basket.short', { count: product.available ?? 0 })),
    ),
    stepper(product, draw),
    h(
      'p',
      { class: 'figures strong line-sum' },
      product.price ? money({ ...product.price, amount: quantity * product.price.amount }) : '–',
    ),
  );
}

/** @param {any} address @param {Record<string, string>} wrong @param {unknown} problem */
function addressFields(address, wrong, problem) {
  const names = new Intl.DisplayNames([currentLanguage()], { type: 'region' });
  const type = (/** @type {string} */ name) => (/** @type {any} */ event) => void (address[name] = event.target.value);
  return h(
    'div',
    { class: 'fields' },
    FIELDS.map((name) =>
      h(
        'div',
        { key: name, class: name === 'name' ? 'wide' : undefined },
        field(
          { id: `address-${name}`, label: t(`address.${name}`), problem: (wrong[name] && t(wrong[name])) || fieldProblem(problem, name) },
          name === 'country'
            ? h(
                'select',
                { name, value: address.country, autocomplete: 'country', onchange: type(name), 'data-test': name },
                COUNTRIES.map((code) => h('option', { key: code, value: code }, names.of(code))),
              )
            : h('input', {
                name,
                value: address[name],
                maxlength: MOST[name],
                autocomplete: AUTOFILL[name],
                required: true,
                oninput: type(name),
                'data-test': name,
              }),
        ),
      ),
    ),
  );
}
