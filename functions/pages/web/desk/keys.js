// @ts-check
// Keys that work without a modifier. They can be switched off, for people who dictate.
import { recall, remember } from '../core/i18n.js';

const STORED = 'holdfast.desk.keys';
/** @type {Map<string, () => void>} */
let ofPage = new Map();

export const keysAreOn = () => recall(STORED) !== 'off';
export const switchKeys = () => remember(STORED, keysAreOn() ? 'off' : null);

/** The keys of the page that is shown. @param {Record<string, () => void>} keys */
export function pageKeys(keys) {
  ofPage = new Map(Object.entries(keys));
  return () => void (ofPage = new Map());
}

/** @param {{search: () => void, help: () => void}} everywhere */
export function listenToKeys(everywhere) {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!keysAreOn() || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const act = event.key === '/' ? everywhere.search : event.key === '?' ? everywhere.help : ofPage.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @param {EventTarget | null} target */
const isTyping = (target) => target instanceof Element && target.closest('input:not([type=checkbox], [type=radio], [type=range]), textarea, select') !== null;

/** Moves the focus through the rows of a list. @param {number} by */
export function moveRow(by) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-row-link]')]);
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.closest('[data-row]')?.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next.focus();
  next.closest('[data-row]')?.scrollIntoView({ block: 'nearest' });
}

/** The row in which the focus is. @returns {string | null} */
export const focusedRow = () => /** @type {HTMLElement | null} */ (document.activeElement?.closest('[data-row]'))?.dataset.row ?? null;
