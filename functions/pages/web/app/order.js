// @ts-check
/** One order, live: its steps, its goods, its payment, invoice and parcel. */
import { announce, toast } from '../core/announce.js';
import { part, remove } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { cut, money, number, time } from '../core/format.js';
import { named, t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { action, badge, facts, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { go } from '../core/route.js';
import { putIn } from './basket.js';
import { orderTone } from './orders.js';
import { pageHead, sureDialog } from './shared.js';
import { owesNothing } from './sums.js';
import { reasonView } from './trip.js';

const UNDONE = ['cancelled', 'failed'];
const OVER = ['completed', ...UNDONE];

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function orderPage({ params, draw }) {
  const path = `orders/${part(params.id)}`;
  const it = { order: /** @type {any} */ (null), problem: /** @type {any} */ (null), leaving: false };
  const hear = (/** @type {any} */ order) => {
    if (it.order) tell(it.order, order);
    Object.assign(it, { order, problem: null });
    live?.slow(OVER.includes(order.status) ? 15_000 : 2_000);
    draw();
  };
  /** @type {ReturnType<typeof watch> | null} */
  let live = null;
  live = watch(path, hear, {
    onProblem: (problem) => {
      it.problem = problem;
      draw();
    },
  });
  const cancel = action(draw, async () => {
    try {
      await remove(path);
      it.leaving = false;
    } finally {
      live?.now();
    }
  });
  return { title: () => t('order.title'), stop: () => live?.stop(), view: () => orderView(it, cancel, draw, () => live?.now()) };
}

/** @param {any} it @param {any} cancel @param {() => void} draw @param {() => void} retry */
function orderView(it, cancel, draw, retry) {
  const { order, problem } = it;
  if (!order)
    return [
      h('h1', { tabindex: '-1' }, t('order.title')),
      problem ? problemBox(problem, problem.passing ? retry : null) : h('div', { key: 'loading', class: 'card' }, skeleton(6)),
    ];
  const ask = (/** @type {boolean} */ open) => () => {
    it.leaving = open;
    cancel.forget();
  };
  const stands = badge(orderTone(order.status), named('order', order.status), { 'data-test': 'status', 'data-status': order.status });
  return [
    pageHead({ title: t('order.title'), id: order.order_id, test: 'order-id', created: order.created, stands }),
    h(
      'div',
      { class: 'beside' },
      h(
        'div',
        { class: 'stack wide-gap' },
        standView(order),
        titled('steps-title', t('order.steps'), stepsView(order)),
        titled('goods-title', t('order.goods'), goodsView(order)),
      ),
      h('aside', { class: 'stack wide-gap' }, deliveryView(order), order.actions.includes('cancel') && cancelButton(ask(true))),
    ),
    it.leaving &&
      sureDialog({
        act: cancel,
        title: t('order.cancel'),
        text: t('order.cancel_text'),
        keep: t('order.keep'),
        onKeep: ask(false),
        test: 'cancel',
      }),
  ];
}

/** @param {string} id @param {string} title @param {any} body */
const titled = (id, title, body) => h('section', { class: 'card', 'aria-labelledby': id }, h('header', null, h('h2', { id }, title)), body);

/** @param {() => void} ask */
const cancelButton = (ask) =>
  h('p', null, h('button', { type: 'button', class: 'danger', onclick: ask, 'data-test': 'cancel' }, icon('close'), t('order.cancel')));

/** @param {any} order */
function againButton(order) {
  const again = () => {
    for (const { sku, quantity } of order.items) putIn(sku, quantity);
    go('#/basket');
  };
  return h('p', null, h('button', { type: 'button', class: 'small', onclick: again, 'data-test': 'again' }, icon('again'), t('basket.again')));
}

/** What it means for the customer's money. @param {any} order */
function standText(order) {
  if (UNDONE.includes(order.status) && owesNothing(order)) return t('order_stand.uncharged');
  if (UNDONE.includes(order.status) && order.payment.status === 'refunded') return t('order_stand.refunded');
  return t(`order_stand.${order.status}.text`);
}

/** @param {any} order */
function standView(order) {
  const tone = { completed: 'ok', failed: 'bad', needs_attention: 'warn' }[/** @type {string} */ (order.status)] ?? '';
  const busy = !OVER.includes(order.status) && order.status !== 'needs_attention';
  return h(
    'div',
    { class: `box ${tone}`, 'data-test': 'stand', 'data-stand': order.status },
    busy ? h('span', { class: 'spinner', 'aria-hidden': 'true' }) : icon({ ok: 'check', bad: 'alert', warn: 'clock' }[tone] ?? 'info'),
    h(
      'div',
      { class: 'stack-tight' },
      h('p', { class: 'strong' }, t(`order_stand.${order.status}.title`)),
      h('p', null, standText(order)),
      order.reason && order.status !== 'completed' && h('div', { class: 'small' }, `${t('trip.reason')} `, reasonView(order.reason)),
      UNDONE.includes(order.status) && againButton(order),
    ),
  );
}

/** @type {Record<string, [import('../core/parts.js').Tone, string]>} */
const STEP_LOOKS = {
  'normal pending': ['calm', 'todo'],
  'normal running': ['info', 'here'],
  'normal success': ['ok', 'done'],
  'normal failed': ['bad', 'failed'],
  'normal skipped': ['calm', 'todo'],
  'compensate compensating': ['info', 'here'],
  'compensate compensated': ['calm', 'undone'],
  'compensate failed': ['warn', 'failed'],
};

/** @param {any} order */
function stepsView(order) {
  return h(
    'ol',
    { class: 'steps', 'data-test': 'steps' },
    order.steps.map((/** @type {any} */ step) => {
      const state = `${step.type} ${step.status}`;
      const [tone, look] = STEP_LOOKS[state] ?? ['calm', 'todo'];
      const symbol = { done: 'check', failed: 'alert', undone: 'undo', here: 'dots' }[look];
      return h(
        'li',
        { key: step.name, class: look, 'data-test': 'step', 'data-step': step.name, 'data-status': state },
        h('span', { class: 'dot' }, look === 'here' ? h('span', { class: 'spinner', 'aria-hidden': 'true' }) : symbol && icon(symbol)),
        h(
          'div',
          { class: 'grow stack-tight' },
          h('p', { class: look === 'todo' ? 'muted' : 'strong' }, named('step', step.name)),
          step.data.refused && h('div', { class: 'small muted' }, reasonView(step.data.refused)),
        ),
        h(
          'span',
          { class: 'row-end' },
          badge(tone, named('step_status', step.status)),
          step.ended && h('time', { class: 'small muted', datetime: step.ended }, time(step.ended)),
        ),
      );
    }),
  );
}

/** @param {any} order */
function goodsView(order) {
  return h(
    'div',
    { class: 'scroll-x', tabindex: '0', role: 'group', 'aria-label': t('order.goods') },
    h(
      'table',
      { class: 'goods' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, t('order.item')),
          h('th', { scope: 'col', class: 'amount' }, t('order.quantity')),
          h('th', { scope: 'col', class: 'amount' }, t('order.price')),
          h('th', { scope: 'col', class: 'amount' }, t('order.amount')),
        ),
      ),
      h(
        'tbody',
        null,
        order.items.map((/** @type {any} */ item) =>
          h(
            'tr',
            { key: item.sku },
            h('td', null, cut(item.name, 80)),
            h('td', { class: 'amount' }, number(item.quantity)),
            h('td', { class: 'amount' }, money(item.price)),
            h('td', { class: 'amount' }, money(item.amount)),
          ),
        ),
      ),
      h(
        'tfoot',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'row', colspan: '3' }, t('trip.total')),
          h('td', { class: 'amount strong', 'data-test': 'total' }, money(order.total)),
        ),
      ),
    ),
  );
}

/** @param {any} order */
function deliveryView(order) {
  const { invoice, shipment, payment, deliver_to: to } = order;
  const hasPaper = (/** @type {any} */ paper) => paper.status !== 'none' || !UNDONE.includes(order.status);
  const issued = invoice.number && !['none', 'requested', 'refused'].includes(invoice.status);
  return h(
    'section',
    { class: 'card stack', 'aria-label': t('order.papers') },
    facts([
      [t('pay.status'), h('span', { 'data-test': 'payment-status', 'data-status': payment.status }, named('payment', payment.status))],
      hasPaper(invoice) && [t('order.invoice'), h('span', null, named('invoice_status', invoice.status), invoice.number && ` · ${invoice.number}`)],
      invoice.credit_note && [t('order.credit_note'), invoice.credit_note],
      hasPaper(shipment) && [t('order.parcel'), named('shipment', shipment.status)],
      shipment.tracking && [t('order.tracking'), h('span', { class: 'mono', 'data-test': 'tracking' }, shipment.tracking)],
      [t('address.title'), cut(`${to.name}, ${to.postcode} ${to.city}, ${to.country}`, 240)],
    ]),
    issued &&
      h(
        'a',
        { class: 'button', href: `#/orders/${order.order_id}/invoice`, 'data-test': 'invoice' },
        icon('invoice'),
        t('order.to_invoice'),
      ),
  );
}

/** @param {any} before @param {any} order */
function tell(before, order) {
  for (const step of order.steps) {
    const old = before.steps.find((/** @type {any} */ each) => each.name === step.name);
    if (old && old.status !== step.status && step.status !== 'running')
      announce(`${named('step', step.name)}: ${named('step_status', step.status)}`);
  }
  if (before.status !== order.status && OVER.includes(order.status))
    toast(t(`order_stand.${order.status}.title`), {
      kind: order.status === 'completed' ? 'ok' : order.status === 'failed' ? 'bad' : 'info',
    });
}
