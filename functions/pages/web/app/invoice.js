// @ts-check
/** An order's invoice, as the invoices' service wrote it, to be read and printed. Its markup is read for what it says and never shown as markup. */
import { call, part } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { cut } from '../core/format.js';
import { currentLanguage, onLanguage, t } from '../core/i18n.js';
import { action, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';

/** Elements that an invoice may consist of. The page has a main and a first heading of its own. @type {Record<string, string>} */
const KNOWN = {
  header: 'div',
  section: 'section',
  div: 'div',
  footer: 'div',
  h1: 'h2',
  h2: 'h3',
  p: 'p',
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tfoot',
  tr: 'tr',
  th: 'th',
  td: 'td',
  bdi: 'bdi',
  strong: 'strong',
  em: 'em',
  br: 'br',
};
const DEEPEST = 20;

/** @type {any} */
let policy = null;

/** Parses without running or loading anything. @param {string} html */
function parse(html) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  policy ??= trustedTypes
    ? trustedTypes.createPolicy('invoice', { createHTML: (/** @type {string} */ text) => text })
    : { createHTML: (/** @type {string} */ text) => text };
  return new DOMParser().parseFromString(policy.createHTML(html.replace(/<style[\s\S]*?<\/style>/gi, '')), 'text/html');
}

/** @param {Node} node @param {number} [depth] @returns {any[]} */
function read(node, depth = 0) {
  if (depth > DEEPEST) return [];
  return [...node.childNodes].map((child) => {
    if (child.nodeType === Node.TEXT_NODE) return cut(child.textContent, 400) === '' ? ' ' : String(child.textContent).slice(0, 400);
    if (!(child instanceof Element)) return null;
    const tag = KNOWN[child.localName];
    if (!tag) return child.localName === 'main' ? h('div', null, read(child, depth + 1)) : null;
    const span = child.getAttribute('colspan');
    const names = ['parties', 'cancelled'].filter((name) => child.classList.contains(name)).join(' ');
    const view = h(
      tag,
      {
        class: (tag === 'table' ? 'goods' : names) || undefined,
        colspan: span && /^\d$/.test(span) ? span : undefined,
        scope: tag === 'th' ? (child.closest('thead') ? 'col' : 'row') : undefined,
      },
      read(child, depth + 1),
    );
    return tag === 'table' ? h('div', { class: 'scroll-x', tabindex: '0', role: 'group', 'aria-label': t('order.goods') }, view) : view;
  });
}

/** @param {import('../core/shell.js').Visit} visit @returns {import('../core/shell.js').Page} */
export function invoicePage({ params, draw }) {
  const order = `#/orders/${part(params.id)}`;
  let paper = /** @type {any} */ (null);
  let left = false;
  const load = action(draw, async () => {
    const { body } = await call(`orders/${part(params.id)}/invoice?lang=${currentLanguage()}`, { as: 'text' });
    paper = read(parse(body).body);
  });
  load.go();
  onLanguage(() => left || load.go());
  return {
    title: () => t('order.invoice'),
    stop: () => void (left = true),
    view: () => [
      h(
        'header',
        { class: 'row between no-print' },
        h('h1', { tabindex: '-1' }, t('order.invoice')),
        h(
          'p',
          { class: 'row' },
          h('a', { class: 'button', href: order }, icon('left'), t('order.back')),
          paper &&
            h('button', { type: 'button', class: 'main', onclick: () => print(), 'data-test': 'print' }, icon('print'), t('trip.print')),
        ),
      ),
      load.problem
        ? problemBox(load.problem, () => load.go())
        : paper
          ? h('article', { class: 'card paper', 'data-test': 'invoice' }, paper)
          : h('div', { key: 'loading', class: 'card' }, skeleton(8)),
    ],
  };
}
