// @ts-check
// What a text in the search may mean.
import { named } from '../core/i18n.js';
import { STATUSES, word } from './statuses.js';

/** @typedef {{what: 'saga' | 'customer' | 'waiting' | 'status', of: string}} Meaning */

/** The likeliest first. @param {string} text @returns {Meaning[]} */
export function meaningsOf(text) {
  const statuses = statusesLike(text.toLowerCase()).map((of) => ({ what: /** @type {const} */ ('status'), of }));
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(text)) return statuses;
  const [saga, customer, waiting] = /** @type {const} */ (['saga', 'customer', 'waiting']).map((what) => ({ what, of: text }));
  return text.startsWith('cus_') ? [customer, waiting, saga] : [...statuses, saga, customer, waiting];
}

/** @param {string} text */
function statusesLike(text) {
  const all = [...new Set(Object.values(STATUSES).flat())];
  return text.length < 2 ? [] : all.filter((status) => status.startsWith(text.replaceAll(' ', '_')) || named('status', word(status)).toLowerCase().startsWith(text));
}
