// The top of a saga's page: its name, how it stands, and what is left to be done.
import { toast } from '../core/announce.js';
import { now } from '../core/clock.js';
import { h, icon } from '../core/dom.js';
import { ago, cut, dateTime, duration, money, shortId } from '../core/format.js';
import { t } from '../core/i18n.js';
import { skeleton } from '../core/parts.js';
import { href } from '../core/route.js';
import { ACTS, kindWord, leftWords, sagaBadge, since, symbolOf } from './bits.js';
import { cameFrom } from './recent.js';
import { isFinal, isUndo, sagaTone } from './statuses.js';

/** The name stands at the same place before the saga is known, so that the focus stays on it. */
export function head(id, kind, saga, waits) {
  return h('header', { class: 'saga-head' },
    h('p', { class: 'row' }, h('a', { href: cameFrom().to, class: 'small with-icon', 'data-test': 'saga-back' }, icon('left'), t(cameFrom().name)), kind && h('span', { class: 'muted small with-icon' }, icon(symbolOf(kind)), kindWord(kind))),
    h('div', { class: 'row' },
      h('h1', { tabindex: '-1', class: 'saga-title' }, h('code', null, id)),
      saga && h('button', { type: 'button', class: 'quiet square small', 'aria-label': t('saga.copy'), title: t('saga.copy'), onclick: () => copy(id), 'data-test': 'copy' }, icon('copy')),
      saga && sagaBadge(saga.status)),
    saga && about(saga, waits));
}

function about(saga, waits) {
  const ended = isFinal(saga.status);
  const took = Date.parse(saga.updated) - Date.parse(saga.created);
  const reason = waits?.reason ?? reasonOf(saga);
  return [
    reason && h('p', { class: 'muted', 'data-test': 'reason' }, cut(reason, 240)),
    h('dl', { class: 'figures-line' },
      figure('created', time(saga.created)),
      figure('updated', since(saga.updated)),
      figure('took', duration(ended ? took : Math.max(took, now() - Date.parse(saga.created)))),
      figure('deadline', time(saga.expires)),
      figure('events', String(saga.events.length)),
      worth(saga) && figure('worth', money(worth(saga))),
      waits && figure('customer', h('a', { href: href('/sagas', { customer: waits.customer }), title: waits.customer, 'data-test': 'saga-customer' }, h('code', null, shortId(waits.customer))))),
  ];
}

const figure = (name, value) => h('div', { key: name }, h('dt', null, t(`saga.${name}`)), h('dd', null, value));
const time = (at) => h('time', { datetime: at, title: ago(at, now()) }, dateTime(at));

/** Why the saga was turned back: the note of the last event that did it. */
function reasonOf(saga) {
  const back = (status) => isUndo(sagaTone(status));
  if (!back(saga.status)) return null;
  const notes = saga.events.flatMap((event) => {
    const change = (event.changes ?? []).find((each) => each.of === saga.saga_name && back(each.after));
    return event.note && change ? [{ note: event.note, turns: !back(change.before ?? '') }] : [];
  });
  return (notes.filter((each) => each.turns).pop() ?? notes[0])?.note ?? null;
}

/** The sum of the parts' prices, where they are in one currency. */
function worth(saga) {
  const prices = saga.steps.map((step) => step.data?.price).filter(Boolean);
  const currencies = new Set(prices.map((price) => price.currency));
  if (currencies.size !== 1) return null;
  return { amount: prices.reduce((sum, price) => sum + price.amount, 0), currency: prices[0].currency };
}

async function copy(id) {
  try {
    await navigator.clipboard.writeText(id);
    toast(t('saga.copied'), { kind: 'ok' });
  } catch {
    toast(t('saga.not_copied'), { kind: 'bad' });
  }
}

/** The place of what is left, until it is known. */
export const leftSoon = () => h('div', { class: 'box bad left-soon', 'aria-busy': 'true' }, skeleton(2));

export function leftBox(waits, act) {
  return h('section', { class: 'box bad', 'aria-label': t('left.title'), 'data-test': 'left' }, icon('alert'),
    h('div', { class: 'stack-tight' },
      h('h2', { class: 'strong small-head' }, t('left.title')),
      h('ul', null, (waits.left ?? []).map((work, at) => h('li', { key: at }, leftWords(work)))),
      h('p', { class: 'row' }, ACTS.map((each) => h('button', { key: each, type: 'button', class: `small${each === 'abandon' ? ' danger' : ''}`, onclick: () => act(each), 'data-test': `open-${each}` }, t(`act.${each}`))))));
}
