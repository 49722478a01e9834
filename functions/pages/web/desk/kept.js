// What a page keeps as it is on the server, with what stands in its place until it has come.
import { get } from '../core/api.js';
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { action, actButton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { noteListed } from './recent.js';

/** An answer that is live. `onBody` hears it before it is shown. */
export function kept(path, { draw, onBody = () => {}, every, gap }) {
  const it = { body: null, problem: null, again: () => watching.now(), stop: () => watching.stop() };
  const watching = watch(path, (body) => {
    onBody(body);
    Object.assign(it, { body, problem: null });
    draw();
  }, {
    every,
    gap,
    onProblem: (problem) => {
      it.problem = problem;
      draw();
    },
  });
  return it;
}

/** A list of sagas that comes page by page below `name`, each `kind/id` by `keyOf`. Its first page is live, the others come when the reader asks for them. */
export function paged(path, name, keyOf, how) {
  let later = [];
  let next;
  const after = () => (next === undefined ? it.body?.next : next);
  const it = kept(path, how);
  return Object.assign(it, {
    /** What came with later pages may have moved to the first one meanwhile. */
    lines() {
      const known = new Set();
      const lines = [...(it.body?.[name] ?? []), ...later].filter((line) => !known.has(keyOf(line)) && known.add(keyOf(line)));
      noteListed([...known]);
      return lines;
    },
    after,
    more: action(how.draw, async () => {
      const body = await get(`${path}&after=${encodeURIComponent(after())}`);
      later = [...later, ...body[name]];
      next = body.next;
    }),
    /** Begins with the first page again. */
    forget() {
      later = [];
      next = undefined;
    },
  });
}

/** Below a list: its next page. A filter may leave nothing of a page that others follow. @param {any} list @param {number} count how many are shown */
export const moreOf = (list, count) => [
  list.after() && count === 0 && h('p', { key: 'so-far', class: 'muted pad' }, t('list.none_so_far')),
  list.after() && h('p', { key: 'more', class: 'row centre pad' }, actButton(list.more, { onclick: () => list.more.go(list.after()), 'data-test': 'more' }, t('more'))),
  list.more.problem && problemBox(list.more.problem),
];

/** Until something has come: its place, or why it does not come; `null` once it is there. */
export function unseen(it, place) {
  if (it.body) return null;
  return it.problem ? problemBox(it.problem, it.problem.passing ? it.again : null) : place();
}
