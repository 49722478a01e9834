// @ts-check
/** What is in the basket: kept by the browser, the same in all tabs. */
import { recall, remember } from '../core/i18n.js';

const STORED = 'holdfast.basket';
const MOST = 99;
/** The API takes this many different products at once. */
export const KINDS_AT_MOST = 20;

/** @type {Record<string, number>} */
let items = read();
/** @type {Array<() => void>} */
const listeners = [];

function read() {
  try {
    const found = JSON.parse(recall(STORED) ?? '{}');
    return Object.fromEntries(
      Object.entries(found)
        .filter(([, n]) => Number.isInteger(n) && Number(n) > 0 && Number(n) <= MOST)
        .map(([sku, n]) => [sku, Number(n)]),
    );
  } catch {
    return {};
  }
}

export const inBasket = () => items;
export const basketCount = () => Object.values(items).reduce((sum, n) => sum + n, 0);
/** @param {() => void} listener */
export const onBasket = (listener) => void listeners.push(listener);

/** @param {string} sku @param {number} quantity */
export function putIn(sku, quantity) {
  const { [sku]: _, ...others } = items;
  const wanted = Math.max(0, Math.min(MOST, Math.trunc(quantity) || 0));
  items = wanted > 0 ? { ...items, [sku]: wanted } : others;
  store();
}

export function emptyBasket() {
  items = {};
  store();
}

function store() {
  remember(STORED, Object.keys(items).length > 0 ? JSON.stringify(items) : null);
  for (const listener of listeners) listener();
}

globalThis.addEventListener?.('storage', ({ key }) => {
  if (key !== STORED) return;
  items = read();
  for (const listener of listeners) listener();
});
