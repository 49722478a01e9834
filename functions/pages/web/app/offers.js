// @ts-check
/** What was found, each with a button that puts it into the trip. */
import { h, icon } from '../core/dom.js';
import { money, number, time } from '../core/format.js';
import { t } from '../core/i18n.js';
import { actButton, empty, field, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { isExpired } from './countdown.js';
import { isInTrip } from './search-model.js';
import { legDetail, legTitle, refundText } from './trip.js';

const FEW = 20;

/** @param {any} offer */
const keyOf = (offer) => JSON.stringify([offer.kind, offer.spec]);

/** @param {any} it @param {{search: any, add: any, choose: (offer: any, key: string) => void}} acts */
export function offersView(it, { search, add, choose }) {
  return h(
    'section',
    { 'aria-label': t('offers.title'), class: 'stack offers' },
    search.problem
      ? problemBox(search.problem, () => search.go())
      : search.busy
        ? skeleton(4, 'block')
        : !it.offers
          ? empty(it.wish.kind, t('offers.none_yet'), t('offers.none_yet_text'))
          : it.offers.length === 0
            ? empty('search', t('offers.none'), t('offers.none_text'))
            : [
                h('div', { class: 'row between' }, h('h2', null, t('offers.found', { count: it.offers.length }))),
                !it.booking && it.offers[0].id && namesField(it),
                h(
                  'ul',
                  { class: 'stack offers-list' },
                  [...it.offers].sort((a, b) => a.price.amount - b.price.amount).map((offer) => offerRow(offer, it, add, choose)),
                ),
              ],
  );
}

/** @param {any} it */
function namesField(it) {
  return field(
    { id: 'passengers', label: t('offers.names'), hint: t('offers.names_hint'), wide: true },
    h('textarea', {
      rows: '2',
      value: it.kept.names,
      'data-test': 'passengers',
      oninput: (/** @type {any} */ event) => void (it.kept.names = event.target.value),
    }),
  );
}

/** It is in the trip, or was put in a moment ago. @param {any} offer @param {string} key @param {any} it */
const isThere = (offer, key, { added, booking }) => added?.key === key || isInTrip(offer, booking);

/** @param {any} offer @param {any} it @param {any} add @param {(offer: any, key: string) => void} choose */
function offerRow(offer, it, add, choose) {
  const key = keyOf(offer);
  const mine = it.adding === key;
  const there = !mine && isThere(offer, key, it);
  const blocked =
    there ||
    offer.available === 0 ||
    (it.booking && (!it.booking.actions.includes('add_leg') || isExpired(it.booking))) ||
    (add.busy && !mine);
  const what = legTitle(offer.kind, offer.spec);
  return h(
    'li',
    { key, class: 'card offer', 'data-test': 'offer' },
    h('span', { class: 'sign' }, icon(offer.kind)),
    h(
      'div',
      { class: 'grow stack-tight' },
      h('h3', null, what),
      h('p', { class: 'muted' }, legDetail(offer.kind, offer.spec)),
      h(
        'p',
        { class: 'small muted' },
        refundText(offer.refund),
        offer.available < FEW && offer.available > 0 && ` · ${t('offers.few', { count: offer.available, n: number(offer.available) })}`,
        offer.price_until && ` · ${t('offers.price_until', { time: time(offer.price_until) })}`,
      ),
    ),
    h(
      'div',
      { class: 'price stack-tight' },
      h('p', { class: 'figures strong large' }, money(offer.price)),
      offer.available === 0 && !there
        ? h('p', { class: 'bad-text' }, t('offers.sold_out'))
        : actButton(
            mine ? add : {},
            {
              class: there ? '' : 'main',
              'aria-disabled': blocked ? 'true' : undefined,
              'data-test': 'add',
              // The second click of a double click chooses nothing more.
              onclick: blocked ? undefined : (/** @type {MouseEvent} */ event) => event.detail < 2 && choose(offer, key),
            },
            icon(there ? 'check' : 'plus'),
            there ? t('offers.there') : t('offers.add'),
            h('span', { class: 'aside-voice' }, `: ${what}`),
          ),
    ),
  );
}
