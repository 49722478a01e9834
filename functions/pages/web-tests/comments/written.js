// @ts-check
/** One line. */
import { a } from './a.js';

/**
 * Several lines, with `one backtick.
 * @param {number} b
 */
export function c(b) {
  /** @type {any} */ (a).b = b; // stays
  // goes
  const accept = '*/*';
  return `${b} // stays`;
}
/* stays */
