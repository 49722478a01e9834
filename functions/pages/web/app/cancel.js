// @ts-check
/** Giving a booked trip back, whole or in parts: first what comes back, then the word. */
import { get, part, post, Problem } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { money } from '../core/format.js';
import { t } from '../core/i18n.js';
import { action, actButton, dialog, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { legTitle, partsOf, refundText } from './trip.js';

/** @param {{draw: () => void, hear: (booking: any) => void, soon: () => void, booking: () => any}} of */
export function cancelling({ draw, hear, soon, booking }) {
  let open = false;
  /** @type {Set<string>} */
  let chosen = new Set();
  /** @type {any} */
  let quote = null;
  let changed = false;
  let asked = 0;
  /** @type {unknown} */
  let problem = null;
  const path = () => `bookings/${part(booking().booking_id)}/cancellation`;
  const ids = () => partsOf(booking()).map((leg) => leg.id);
  const ask = async () => {
    const mine = ++asked;
    [quote, problem] = [null, null];
    draw();
    const some = chosen.size < ids().length ? `?legs=${[...chosen].map(encodeURIComponent).join(',')}` : '';
    try {
      const answer = chosen.size > 0 && (await get(`${path()}${some}`));
      if (mine === asked) quote = answer || null;
    } catch (error) {
      if (mine === asked) problem = error;
    }
    draw();
  };
  const act = action(draw, async (key, /** @type {any} */ refund, /** @type {string[] | null} */ legs) => {
    try {
      const answer = await post(path(), { refund, ...(legs ? { legs } : {}) }, { key });
      open = false;
      if (answer?.legs) hear(answer);
    } catch (error) {
      if (!(error instanceof Problem) || !error.document.cancellation) throw error;
      [quote, changed] = [error.document.cancellation, true];
    } finally {
      soon();
    }
  });
  const show = () => {
    [open, quote, changed, chosen] = [true, null, false, new Set(ids())];
    act.forget();
    ask();
  };
  const toggle = (/** @type {string} */ id) => {
    if (!chosen.delete(id)) chosen.add(id);
    changed = false;
    ask();
  };
  const close = () => {
    open = false;
    draw();
  };
  return {
    view() {
      const it = booking();
      if (it.status !== 'booked' || partsOf(it).length === 0) return null;
      return h(
        'section',
        { class: 'card stack no-print', 'aria-labelledby': 'cancel-title' },
        h('h2', { id: 'cancel-title' }, t('cancel.title')),
        h('p', { class: 'muted' }, t('cancel.text')),
        h('p', null, h('button', { type: 'button', class: 'danger', onclick: show, 'data-test': 'cancel' }, icon('undo'), t('cancel.ask'))),
        open &&
          dialog(
            { title: t('cancel.title'), onClose: close, test: 'cancel-dialog' },
            legsView(it, chosen, quote, toggle),
            changed && h('div', { class: 'box warn', role: 'alert' }, icon('alert'), h('p', null, t('cancel.changed'))),
            problem && problemBox(problem, ask),
            act.problem && problemBox(act.problem),
            !problem && sumView(quote, chosen),
            h(
              'p',
              { class: 'row end' },
              h('button', { type: 'button', onclick: close }, t('trip.keep')),
              quote &&
                chosen.size > 0 &&
                actButton(
                  act,
                  {
                    class: 'danger main',
                    onclick: () => act.go(quote.refund, chosen.size < ids().length ? [...chosen] : null),
                    'data-test': 'cancel-yes',
                  },
                  t('cancel.do', { amount: money(quote.refund) }),
                ),
            ),
          ),
      );
    },
  };
}

/** @param {any} booking @param {Set<string>} chosen @param {any} quote @param {(id: string) => void} toggle */
function legsView(booking, chosen, quote, toggle) {
  return h(
    'fieldset',
    { class: 'stack' },
    h('legend', { class: 'muted' }, t('cancel.which')),
    partsOf(booking).map((leg) => {
      const back = quote?.legs.find((/** @type {any} */ each) => each.id === leg.id)?.refund;
      return h(
        'label',
        { key: leg.id, class: 'option' },
        h('input', { type: 'checkbox', checked: chosen.has(leg.id), onchange: () => toggle(leg.id), 'data-test': `give-back-${leg.id}` }),
        icon(leg.kind),
        h(
          'span',
          { class: 'grow stack-tight' },
          h('span', null, legTitle(leg.kind, leg.spec)),
          h('span', { class: 'small muted' }, t('cancel.of', { price: money(leg.price) }), ' ', refundText(leg.refund)),
        ),
        h('span', { class: 'figures strong' }, chosen.has(leg.id) && back ? money(back) : '–'),
      );
    }),
  );
}

/** @param {any} quote @param {Set<string>} chosen */
function sumView(quote, chosen) {
  if (chosen.size === 0) return h('p', { class: 'muted' }, t('cancel.none'));
  return quote
    ? h(
        'p',
        { class: 'row between total' },
        h('span', null, t('cancel.back')),
        h('span', { class: 'figures', 'data-test': 'refund' }, money(quote.refund)),
      )
    : skeleton(1);
}
