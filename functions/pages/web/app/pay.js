// @ts-check
/** Paying for a trip, once, and again when the card was declined. */
import { hush } from '../core/announce.js';
import { part, post } from '../core/api.js';
import { h, icon } from '../core/dom.js';
import { money } from '../core/format.js';
import { t } from '../core/i18n.js';
import { action, actButton, focusFirstWrong, slowNote } from '../core/parts.js';
import { isExpired } from './countdown.js';
import { payFields, payProblem } from './pay-form.js';
import { heldTotal } from './trip.js';

/** @param {{draw: () => void, hear: (booking: any) => void, soon: () => void, booking: () => any}} of */
export function paying({ draw, hear, soon, booking }) {
  const fields = payFields(draw);
  let other = false;
  let sent = '';
  const act = action(draw, async (key, /** @type {string} */ token, /** @type {any} */ amount) => {
    sent = token;
    try {
      hear(await post(`bookings/${part(booking().booking_id)}/payment`, { token, ...(amount ? { amount } : {}) }, { key }));
      other = false;
    } finally {
      soon();
    }
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const token = fields.token();
    draw();
    if (!token) return focusFirstWrong(/** @type {Element} */ (event.currentTarget));
    hush('trip');
    act.go(token, 'max_total' in booking() ? booking().total : null);
  };
  const payOther = () => {
    other = true;
    draw();
  };
  return {
    busy: () => act.busy,
    view() {
      const it = booking();
      const pending = it.payment.status === 'pending';
      const under = it.under_way === 'pay' || (it.status === 'paying' && !pending);
      if (!it.actions.includes('pay') && !act.busy && !under) return act.problem && payProblem(act.problem, sent);
      if (isExpired(it)) return null;
      if (pending && !other && !under)
        return h(
          'p',
          { class: 'no-print' },
          h('button', { type: 'button', onclick: payOther, 'data-test': 'pay-other' }, icon('card'), t('pay.other')),
        );
      const busy = { busy: act.busy || under, slow: act.slow };
      return h(
        'section',
        { class: 'card no-print', 'aria-labelledby': 'pay-title' },
        h('h2', { id: 'pay-title' }, t('pay.title')),
        h(
          'form',
          { class: 'stack', noValidate: true, onsubmit: submit, 'data-test': 'pay-form' },
          fields.view(),
          it.payment.status === 'declined' &&
            !busy.busy &&
            !act.problem &&
            h('div', { class: 'box bad' }, icon('alert'), h('p', null, t('stand.declined.text'))),
          act.problem && payProblem(act.problem, sent),
          actButton(
            busy,
            { type: 'submit', class: 'main wide', 'data-test': 'pay' },
            icon('lock'),
            t('pay.pay', { amount: money(heldTotal(it)) }),
          ),
          slowNote(busy),
          h('p', { class: 'small muted' }, t('pay.once')),
        ),
      );
    },
  };
}
