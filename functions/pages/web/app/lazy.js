// @ts-check
/** Pages whose code comes when they are visited first. */
import { h } from '../core/dom.js';
import { Problem } from '../core/http.js';
import { t } from '../core/i18n.js';
import { skeleton } from '../core/parts.js';
import { problemBox } from '../core/problem.js';

/** @typedef {import('../core/shell.js').Page} Page */
/** @typedef {import('../core/shell.js').Visit} Visit */

/** How often a module could not be had: browsers remember a failed address for the life of the page. @type {Map<string, number>} */
const failures = new Map();

/** @param {string} name */
async function load(name) {
  const failed = failures.get(name) ?? 0;
  try {
    return await import(failed === 0 ? `./${name}.js` : `./${name}.js?${failed}`);
  } catch {
    failures.set(name, failed + 1);
    throw new Problem(navigator.onLine ? 'unreachable' : 'offline', 0);
  }
}

/** `make` is the page's name in its module, `title` the key of what is shown until it has come. @param {string} name @param {string} make @param {string} title */
export function lazy(name, make, title) {
  return {
    /** Begins to load it, ahead of the visit. */
    load: () => load(name).catch(() => null),
    make: (/** @type {Visit} */ visit) => lazyPage(name, make, title, visit),
  };
}

/** @param {string} name @param {string} make @param {string} title @param {Visit} visit @returns {Page} */
function lazyPage(name, make, title, visit) {
  /** @type {Page | null} */
  let page = null;
  /** @type {unknown} */
  let problem = null;
  let left = false;
  const begin = async () => {
    problem = null;
    try {
      const loaded = await load(name);
      if (!left) page = loaded[make](visit);
    } catch (error) {
      problem = error;
    }
    if (!left) visit.draw();
  };
  begin();
  return {
    title: () => page?.title() ?? t(title),
    view: () =>
      page?.view() ?? [
        h('h1', { key: 'waiting', tabindex: '-1' }, t(title)),
        problem ? problemBox(problem, begin) : h('div', { key: 'loading', class: 'card' }, skeleton(5)),
      ],
    stop() {
      left = true;
      page?.stop?.();
    },
  };
}
