// Parts of the desk that are loaded when they are needed first.
import { toast } from '../core/announce.js';
import { Problem } from '../core/http.js';
import { t } from '../core/i18n.js';
import { skeleton } from '../core/parts.js';
import { problemBox, sentence } from '../core/problem.js';
import { h } from '../core/dom.js';

/** How often a part could not be had: browsers remember a failed address for the life of the page. */
const failures = new Map();

/** @param {string} name */
export async function part(name) {
  const failed = failures.get(name) ?? 0;
  try {
    return await import(failed === 0 ? `./${name}.js` : `./${name}.js?${failed}`);
  } catch {
    failures.set(name, failed + 1);
    throw new Problem(navigator.onLine ? 'unreachable' : 'offline', 0);
  }
}

/** Gets a part for an act of the reader; `null`, and a note that says why, where it cannot be had. @param {string} name */
export const need = (name) => part(name).catch((error) => {
  toast(sentence(error), { kind: 'bad' });
  return null;
});

/** A page whose code comes when it is visited first; `make` is its name there. */
export const lazy = (name, make, title) => (visit) => {
  let page = null;
  let problem = null;
  let left = false;
  const begin = async () => {
    problem = null;
    try {
      const loaded = await part(name);
      if (!left) page = loaded[make](visit);
    } catch (error) {
      problem = error;
    }
    visit.draw();
    // The heading that had the focus may be another one now.
    setTimeout(() => document.activeElement === document.body && document.querySelector('h1')?.focus({ preventScroll: true }));
  };
  begin();
  return {
    title: () => page?.title() ?? title(visit),
    view: () => page?.view() ?? [h('h1', { key: 'h', tabindex: '-1' }, title(visit)), problem ? problemBox(problem, begin) : h('section', { key: 'l', class: 'card', 'aria-label': t('loading') }, skeleton(7))],
    stop: () => {
      left = true;
      page?.stop?.();
    },
  };
};
