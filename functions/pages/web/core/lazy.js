// @ts-check
/** Modules that come when they are needed first: pages, and parts of them. */
import { toast } from './announce.js';
import { h } from './dom.js';
import { Problem } from './http.js';
import { skeleton } from './parts.js';
import { problemBox, sentence } from './problem.js';

/** @typedef {import('./shell.js').Page} Page */
/** @typedef {import('./shell.js').Visit} Visit */

let folder = '';
/** How often a module could not be had: browsers remember a failed address for the life of the page. @type {Map<string, number>} */
const failures = new Map();

/** Names the application's first module: the others lie beside it. @param {string} first */
export const modulesBeside = (first) => void (folder = new URL('.', first).href);

/** Gets a module by its name; throws a `Problem`. @param {string} name @returns {Promise<any>} */
export async function load(name) {
  const failed = failures.get(name) ?? 0;
  try {
    return await import(`${folder}${name}.js${failed === 0 ? '' : `?${failed}`}`);
  } catch {
    failures.set(name, failed + 1);
    throw new Problem(navigator.onLine ? 'unreachable' : 'offline', 0);
  }
}

/** Gets a module for an act of the reader; `null`, and a note that says why, where it cannot be had. @param {string} name */
export const need = (name) =>
  load(name).catch((error) => {
    toast(sentence(error), { kind: 'bad' });
    return null;
  });

/** A page in a module of its own: `make` is its name there, `title` is shown until it has come. @param {string} name @param {string} make @param {(visit: Visit) => string} title */
export function lazy(name, make, title) {
  return {
    /** Begins to load it, ahead of the visit. */
    load: () => load(name).catch(() => null),
    make: (/** @type {Visit} */ visit) => lazyPage(name, make, title, visit),
  };
}

/** @param {string} name @param {string} make @param {(visit: Visit) => string} title @param {Visit} visit @returns {Page} */
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
    title: () => page?.title() ?? title(visit),
    view: () =>
      page?.view() ?? [
        h('h1', { key: 'waiting', tabindex: '-1' }, title(visit)),
        problem ? problemBox(problem, begin) : h('div', { key: 'loading', class: 'card' }, skeleton(5)),
      ],
    stop() {
      left = true;
      page?.stop?.();
    },
  };
}
