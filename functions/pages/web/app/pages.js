// @ts-check
/** Lists that come page by page. The first page is live; later ones are fetched when they are asked for. */
import { get } from '../core/api.js';
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { watch } from '../core/live.js';
import { action, actButton, skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';

/** @param {string} path @param {string} name where the body has the list @param {(item: any) => string} idOf @param {() => void} draw @param {number} [limit] */
export function pages(path, name, idOf, draw, limit = 20) {
  const it = {
    first: /** @type {any[] | null} */ (null),
    later: /** @type {any[]} */ ([]),
    next: /** @type {string | null} */ (null),
    problem: /** @type {any} */ (null),
    idOf,
    stop: () => live.stop(),
    now: () => live.now(),
    more: /** @type {any} */ (null),
  };
  const live = watch(
    `${path}?limit=${limit}`,
    (body) => {
      const known = it.first !== null && it.later.length > 0;
      const ids = new Set(body[name].map(idOf));
      if (known) it.later = [...(it.first ?? []), ...it.later].filter((each) => !ids.has(idOf(each)));
      else it.next = body.next ?? null;
      Object.assign(it, { first: body[name], problem: null });
      draw();
    },
    {
      every: 5_000,
      onProblem: (problem) => {
        it.problem = problem;
        draw();
      },
    },
  );
  it.more = action(draw, async () => {
    const body = await get(`${path}?limit=${limit}&after=${encodeURIComponent(it.next ?? '')}`);
    const ids = new Set([...(it.first ?? []), ...it.later].map(idOf));
    it.later = [...it.later, ...body[name].filter((/** @type {any} */ each) => !ids.has(idOf(each)))];
    it.next = body.next ?? null;
  });
  return it;
}

/** @param {ReturnType<typeof pages>} list @param {any} none @param {(item: any) => any} row @param {(items: any[]) => any[]} [shape] */
export function pagesView(list, none, row, shape = (items) => items) {
  if (!list.first) return list.problem ? problemBox(list.problem, list.problem.passing ? list.now : null) : skeleton(4, 'block');
  const all = shape([...list.first, ...list.later]);
  if (all.length === 0) return h('div', { class: 'card' }, none);
  return h(
    'div',
    { class: 'stack' },
    h(
      'ul',
      { class: 'stack', 'data-test': 'list' },
      all.map((item) => h('li', { key: list.idOf(item) }, row(item))),
    ),
    list.more.problem && problemBox(list.more.problem),
    list.next && h('p', { class: 'row centre' }, actButton(list.more, { onclick: () => list.more.go(), 'data-test': 'more' }, t('more'))),
  );
}
