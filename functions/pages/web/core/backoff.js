// @ts-check
/** How long to wait before asking again. */

export const VISIBLE = 2_000;
export const HIDDEN = 15_000;
export const PUSHED = 30_000;
const LONGEST = 30_000;

/**
 * Errors double the pause, up to half a minute; a share of chance keeps pages from asking all at once.
 * @param {{failures: number, every?: number, hidden: boolean, pushed: boolean, retryAfter?: number | null}} how
 * @param {() => number} [chance] from 0 to 1
 */
export function pause({ failures, every = VISIBLE, hidden, pushed, retryAfter }, chance = Math.random) {
  if (failures > 0) {
    const grown = Math.min(LONGEST, 1_000 * 2 ** Math.min(failures, 10));
    return Math.max((retryAfter ?? 0) * 1000, grown * (0.5 + chance() / 2));
  }
  const calm = pushed ? Math.max(every, PUSHED) : hidden ? Math.max(every, HIDDEN) : every;
  return calm * (0.95 + chance() / 10);
}
