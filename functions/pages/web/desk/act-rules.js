// @ts-check
// What the form of an act makes of the operator's choices. Knows nothing of drawing.
import { t } from '../core/i18n.js';

const LONGEST = 500;

/** Another act. The reason was given for the act before: the history would keep it for the wrong one. @param {string} act */
export const turnTo = (act) => ({ act, reason: '' });

/** A reason is kept for good; a redrive may go without. @param {string} act @param {string} reason */
export function wrongReason(act, reason) {
  if (Array.from(reason).length > LONGEST) return t('act.reason_long', { count: LONGEST });
  if (act !== 'redrive' && !/[\p{L}\p{N}]/u.test(reason)) return t('act.reason_missing');
  if (reason.trim() !== '' && !/[A-Za-z0-9]/.test(reason)) return t('act.reason_latin');
  return null;
}
