// @ts-check
/** All own orders, the newest first. */
import { h, icon } from '../core/dom.js';
import { cut, dateTime, money } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { badge, empty } from '../core/parts.js';
import { pages, pagesView } from './pages.js';
import { owesNothing } from './sums.js';

/** @type {Record<string, import('../core/parts.js').Tone>} */
const TONES = {
  pending: 'info',
  created: 'info',
  invoiced: 'info',
  shipped: 'info',
  completed: 'ok',
  cancelling: 'info',
  cancelled: 'calm',
  failed: 'bad',
  needs_attention: 'warn',
};
/** @param {string} status */
export const orderTone = (status) => TONES[status] ?? 'calm';

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function ordersPage({ draw }) {
  const list = pages('orders', 'orders', (order) => order.order_id, draw);
  return {
    title: () => t('orders.title'),
    stop: list.stop,
    view: () => [
      h(
        'header',
        { class: 'row between' },
        h('h1', { tabindex: '-1' }, t('orders.title')),
        h('a', { class: 'button', href: '#/shop' }, icon('shop'), t('shop.title')),
      ),
      pagesView(
        list,
        empty('parcel', t('orders.none'), t('orders.none_text'), h('a', { class: 'button main', href: '#/shop' }, t('shop.title'))),
        orderRow,
      ),
    ],
  };
}

/** @param {any} order */
function orderRow(order) {
  return h(
    'a',
    { class: 'card list-row', href: `#/orders/${order.order_id}`, 'data-test': 'order-row', 'data-id': order.order_id },
    h('span', { class: 'sign' }, icon('parcel')),
    h(
      'span',
      { class: 'grow stack-tight' },
      h(
        'span',
        { class: 'strong one-line' },
        order.items.map((/** @type {any} */ item) => `${item.quantity} × ${cut(item.name, 60)}`).join(', '),
      ),
      h('span', { class: 'small muted' }, dateTime(order.created)),
    ),
    h(
      'span',
      { class: 'row-end' },
      badge(orderTone(order.status), named('order', order.status)),
      owesNothing(order)
        ? h('span', { class: 'small muted' }, t('sum.nothing'))
        : h('span', { class: 'figures strong' }, money(order.total)),
    ),
  );
}
