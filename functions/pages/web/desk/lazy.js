// Parts of the desk that are loaded when they are needed first.
import { toast } from '../core/announce.js';
import { Problem } from '../core/http.js';
import { t } from '../core/i18n.js';
import { skeleton } from '../core/parts.js';
import { problemBox, sentence } from '../core/problem.js';
import { h } from '../core/dom.js';

/** @template T */
async function got(load) {
  try {
    return await load();
  } catch {
    throw new Problem(navigator.onLine ? 'unreachable' : 'offline', 0);
  }
}

/** Loads a part for an act of the reader; says so where that fails. @template T */
export const need = (load) => got(load).catch((error) => {
  toast(sentence(error), { kind: 'bad' });
  return null;
});

/** A page whose code comes when it is visited first. */
export const lazyPage = (load, title) => (visit) => {
  let page = null;
  let problem = null;
  let left = false;
  const begin = async () => {
    problem = null;
    try {
      const make = await got(load);
      if (!left) page = make(visit);
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
