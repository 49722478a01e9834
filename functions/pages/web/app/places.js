// @ts-check
/** Places have codes of three letters; people know them by name. */
import { has, t } from '../core/i18n.js';

export const PLACES = ['AMS', 'BCN', 'CDG', 'EZE', 'FCO', 'GIG', 'GRU', 'JFK', 'LIS', 'MAD', 'NRT', 'SCL'];

/** `Lisbon`; the code itself for a place without a name here. @param {string} code */
export const placeName = (code) => (has(`place.${code}`) ? t(`place.${code}`) : code);
/** `Lisbon (LIS)`. @param {string} code */
export const placeText = (code) => (has(`place.${code}`) ? `${t(`place.${code}`)} (${code})` : code);

/** The code of what was typed: a code, a name, or both; `null` if it is none. @param {string} typed @param {(code: string) => string} [name] */
export function placeCode(typed, name = placeName) {
  const text = typed.trim();
  const inBrackets = /\(([A-Za-z]{3})\)\s*$/.exec(text);
  if (inBrackets) return inBrackets[1].toUpperCase();
  const plain = (/** @type {string} */ each) => each.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const known = PLACES.find((code) => plain(name(code)) === plain(text));
  return known ?? (/^[A-Za-z]{3}$/.test(text) ? text.toUpperCase() : null);
}
