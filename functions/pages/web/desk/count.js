// How much needs attention, for the header of all pages.
import { h } from '../core/dom.js';
import { number } from '../core/format.js';
import { t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { isOperator, onSession } from '../core/session.js';

/** How many come with one page of the desk. */
export const PAGE = 25;
const NONE = { count: 0, more: false };
let told = NONE;

/** @param {{waiting: any[], next: string | null}} body a first page of the desk, without a filter */
export const tell = (body) => void (told = { count: body.waiting.length, more: body.next !== null });

/** Keeps the count. @param {() => void} draw */
export function countWaiting(draw) {
  let counting = null;
  onSession(() => {
    counting?.stop();
    told = NONE;
    counting = isOperator() ? watch(`desk?limit=${PAGE}`, (body) => {
      tell(body);
      draw();
    }, { every: 10_000 }) : null;
  });
}

export const waitingCount = () => told.count > 0 && h('span', { class: 'count', 'aria-label': t('waiting.count', { count: told.count }) }, `${number(told.count)}${told.more ? '+' : ''}`);
