// @ts-check
// What a text in the search may mean.
import { named } from '../core/i18n.js';
import { STATUSES, word } from './statuses.js';

/** @typedef {{kind: string, id: string}} Known a saga that a list has shown */
/** @typedef {{what: 'saga' | 'customer' | 'waiting' | 'status', of: string} | {what: 'known', kind: string, of: string}} Meaning */

const MOST = 6;

/** The likeliest first. @param {string} text @param {Known[]} [known] @returns {Meaning[]} */
export function meaningsOf(text, known = []) {
  const statuses = statusesLike(text.toLowerCase()).map((of) => ({ what: /** @type {const} */ ('status'), of }));
  const alike = knownLike(text, known);
  if (!mayBeId(text)) return [...alike, ...statuses];
  const [saga, customer, waiting] = /** @type {const} */ (['saga', 'customer', 'waiting']).map((what) => ({ what, of: text }));
  if (text.startsWith('cus_')) return [customer, waiting, saga];
  const isCut = /^[bo]-[0-9a-f]{1,31}$/.test(text);
  return isCut ? [...alike, saga, customer, waiting] : [...statuses, saga, ...alike, customer, waiting];
}

/** Ids that the API makes have digits, and those that callers choose nearly always have one or a mark: a word alone is none. @param {string} text */
const mayBeId = (text) => /^[A-Za-z0-9._-]{1,64}$/.test(text) && /[0-9._-]/.test(text) && !text.includes('...');

/** Sagas of which the text is the beginning, or the short form `b-3226…a191`. @param {string} text @param {Known[]} known */
function knownLike(text, known) {
  const [start, end = ''] = text.split(/…|\.\.\./);
  if (start.length < 2) return [];
  const isLike = (/** @type {Known} */ { id }) => id !== text && id.startsWith(start) && id.endsWith(end);
  return known.filter(isLike).slice(0, MOST).map(({ kind, id }) => ({ what: /** @type {const} */ ('known'), kind, of: id }));
}

/** @param {string} text */
function statusesLike(text) {
  const all = [...new Set(Object.values(STATUSES).flat())];
  return text.length < 2 ? [] : all.filter((status) => status.startsWith(text.replaceAll(' ', '_')) || named('status', word(status)).toLowerCase().startsWith(text));
}
