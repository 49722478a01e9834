// @ts-check
/** Parts that pages are made of. */
import { h, icon } from './dom.js';
import { newKey, Problem } from './http.js';
import { t } from './i18n.js';

/**
 * An act of the reader, carried out once however often its button is pressed.
 * `run` gets a key that stays the same while the same intent is tried again, and its own arguments.
 * @template {any[]} Args @param {() => void} draw @param {(key: string, ...args: Args) => Promise<unknown>} run
 */
export function action(draw, run) {
  let key = newKey();
  let intent = '';
  const it = {
    busy: false,
    /** Takes longer than people expect. */
    slow: false,
    problem: /** @type {unknown} */ (null),
    /** @param {Args} args @returns {Promise<boolean>} whether it went well */
    async go(...args) {
      if (it.busy) return false;
      const wanted = JSON.stringify(args);
      if (wanted !== intent) [key, intent] = [newKey(), wanted];
      Object.assign(it, { busy: true, slow: false, problem: null });
      const patience = setTimeout(() => {
        it.slow = true;
        draw();
      }, 2_500);
      draw();
      try {
        await run(key, ...args);
        intent = '';
        return true;
      } catch (error) {
        it.problem = error;
        if (!(error instanceof Problem) || !error.passing) intent = '';
        return false;
      } finally {
        clearTimeout(patience);
        Object.assign(it, { busy: false, slow: false });
        draw();
      }
    },
    forget() {
      it.problem = null;
      draw();
    },
  };
  return it;
}

/**
 * A button that is busy while its act is. It stays focusable, so that the keyboard does not lose its place.
 * @param {{busy?: boolean, slow?: boolean}} act @param {Record<string, any>} props @param {...any} children
 */
export function actButton(act, props, ...children) {
  const { class: names = '', onclick, ...rest } = props;
  const quiet = (/** @type {Event} */ event) => event.preventDefault();
  return h(
    'button',
    {
      type: 'button',
      ...rest,
      class: `${names} act`,
      'aria-disabled': act.busy ? 'true' : rest['aria-disabled'],
      'aria-busy': act.busy ? 'true' : undefined,
      onclick: act.busy ? quiet : onclick,
    },
    act.busy && h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    h('span', { class: 'act-words' }, ...children),
    act.busy && h('span', { class: 'aside-voice' }, t(act.slow ? 'busy.slow' : 'busy')),
  );
}

/** Said beside a busy button once it takes long. @param {{slow?: boolean}} act */
export const slowNote = (act) => act.slow && h('p', { class: 'small muted', role: 'status' }, t('busy.slow'));

let fields = 0;
/** A name for a field's label to point at, for the life of a page. */
export const fieldId = () => `f${++fields}`;

/**
 * A labelled field. `input` is its `h('input', …)`; what is wrong with it is read with it.
 * @param {{id: string, label: string, hint?: any, problem?: string | null, wide?: boolean}} of @param {import('./dom.js').View} input
 */
export function field({ id, label, hint, problem, wide }, input) {
  const told = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  Object.assign(input.props, { id, 'aria-describedby': told || undefined, 'aria-invalid': problem ? 'true' : undefined });
  return h(
    'div',
    { class: `field${wide ? ' wide' : ''}` },
    h('label', { for: id }, label),
    input,
    hint && h('p', { class: 'hint', id: `${id}-hint` }, hint),
    problem && h('p', { class: 'wrong', id: `${id}-problem` }, problem),
  );
}

/** Moves to the first field that is wrong. @param {Element | null} form */
export function focusFirstWrong(form) {
  queueMicrotask(() => /** @type {HTMLElement | null} */ (form?.querySelector('[aria-invalid=true]'))?.focus());
}

/** @typedef {'ok' | 'warn' | 'bad' | 'info' | 'calm'} Tone */
/** A status in words, with a colour and a shape. @param {Tone} tone @param {string} text @param {Record<string, any>} [props] */
export function badge(tone, text, props = {}) {
  const shapes = { ok: 'check', warn: 'clock', bad: 'alert', info: 'dots', calm: 'dash' };
  return h('span', { ...props, class: `badge ${tone}` }, icon(shapes[tone]), text);
}

/** Where something will be in a moment. @param {number} lines @param {string} [shape] */
export function skeleton(lines, shape = 'line') {
  return h(
    'div',
    { class: 'skeleton', 'aria-busy': 'true', 'data-test': 'loading' },
    h('span', { class: 'aside-voice' }, t('loading')),
    Array.from({ length: lines }, (_, index) => h('span', { key: index, class: `bone ${shape}`, 'aria-hidden': 'true' })),
  );
}

/** Nothing here yet, and what to do about it. @param {string} symbol @param {string} title @param {string} text @param {...any} acts */
export function empty(symbol, title, text, ...acts) {
  return h(
    'div',
    { class: 'empty', 'data-test': 'empty' },
    icon(symbol, undefined, 'large'),
    h('p', { class: 'strong' }, title),
    h('p', { class: 'muted' }, text),
    acts.length > 0 && h('p', { class: 'row centre' }, ...acts),
  );
}

/**
 * A dialog over the page. The browser keeps the focus inside, gives it back afterwards, and closes it with Escape.
 * @param {{title: string, onClose: () => void, test?: string, wide?: boolean}} of @param {...any} children
 */
export function dialog({ title, onClose, test, wide }, ...children) {
  const id = `dialog-${test ?? 'title'}`;
  const shut = (/** @type {any} */ event) => {
    event.preventDefault();
    onClose();
  };
  return h(
    'dialog',
    {
      class: wide ? 'wide' : undefined,
      'aria-labelledby': id,
      'data-test': test,
      oncancel: shut,
      ref: (/** @type {HTMLDialogElement} */ node) => node.showModal(),
    },
    h(
      'header',
      { class: 'row' },
      h('h2', { id, class: 'grow' }, title),
      h('button', { type: 'button', class: 'quiet square', 'aria-label': t('close'), onclick: onClose }, icon('close')),
    ),
    ...children,
  );
}

/** A name and its value. @param {Array<[string, any, any?] | null | false | undefined>} rows */
export function facts(rows) {
  return h(
    'dl',
    { class: 'facts' },
    rows.map(
      (row, index) =>
        row && row[1] !== null && row[1] !== undefined && h('div', { key: index }, h('dt', null, row[0]), h('dd', row[2] ?? null, row[1])),
    ),
  );
}
