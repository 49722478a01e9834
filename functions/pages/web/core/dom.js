// @ts-check
/**
 * Views are plain descriptions; `render` brings the document to them.
 * An element keeps its node as long as its tag and its key stay, so focus, scroll, hover and typed text survive live updates.
 * Children are matched by their position, and in arrays by `key`. Texts only ever become text nodes.
 *
 * Properties: `on…` are handlers, `class`, `data-…` and `aria-…` are attributes, `style` is an object,
 * `ref` is called with the node once it is in the document, `opaque` leaves the children to somebody else.
 * A `value` is written only when the view changes it: what the reader has typed stays.
 */

/** @typedef {{id: string, text?: string, tag?: string, props: Record<string, any>, children: View[], node?: any}} View */
/** @typedef {View | string | number | boolean | null | undefined} Child */

const SVG = 'http://www.w3.org/2000/svg';
const LIVE = new Set([
  'value',
  'checked',
  'selected',
  'disabled',
  'hidden',
  'open',
  'readOnly',
  'indeterminate',
  'noValidate',
  'required',
  'multiple',
]);
const NOT_WRITTEN = new Set(['key', 'ref', 'opaque']);

/** What a container shows now. @type {WeakMap<Element, View[]>} */
const shown = new WeakMap();
/** Calls of `ref` that wait until the nodes are in the document. @type {Array<() => void>} */
let refs = [];

/** Describes an element. @param {string} tag @param {Record<string, any> | null} [props] @param {...(Child | Child[] | any)} children @returns {View} */
export function h(tag, props, ...children) {
  return { id: '', tag, props: props ?? {}, children: flatten(children) };
}

/** A symbol of `icons.svg`; decoration unless it has a label. @param {string} name @param {string} [label] @param {string} [size] */
export function icon(name, label, size = '') {
  const told = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' };
  return h(
    'svg',
    { class: `icon ${size}`.trim(), ...told },
    h('use', { href: `${new URL('../icons.svg', import.meta.url).pathname}#${name}` }),
  );
}

/** Brings a container to these children. @param {Element} container @param {...(Child | Child[])} children */
export function render(container, ...children) {
  const focused = document.activeElement;
  const around = ancestors(focused, container);
  const views = flatten(children);
  patchChildren(container, shown.get(container) ?? [], views);
  shown.set(container, views);
  const waiting = refs;
  refs = [];
  for (const call of waiting) call();
  if (focused && around.length > 0) keepFocus(/** @type {HTMLElement} */ (focused), around);
}

/** @param {Element | null} node @param {Element} container */
function ancestors(node, container) {
  /** @type {Element[]} */
  const found = [];
  if (!node || !container.contains(node)) return found;
  for (let at = node.parentElement; at && at !== container; at = at.parentElement) found.push(at);
  return found.length > 0 ? found : [container];
}

/**
 * A node that was moved gets its focus back. Of one that is gone the nearest part that it stood in gets it, or the page's
 * heading: never another button, which a second press would press.
 * @param {HTMLElement} focused @param {Element[]} around
 */
function keepFocus(focused, around) {
  if (document.activeElement !== document.body || document.activeElement === focused) return;
  if (focused.isConnected) return focused.focus({ preventScroll: true });
  const part = /** @type {HTMLElement | undefined} */ (around.find((each) => each.isConnected));
  if (!part) return;
  const to = /** @type {HTMLElement} */ (part.querySelector('h1[tabindex]') ?? part);
  if (!to.hasAttribute('tabindex')) {
    to.tabIndex = -1;
    to.addEventListener('blur', () => to.removeAttribute('tabindex'), { once: true });
  }
  to.focus({ preventScroll: true });
}

/** Draws a view now, and again, once per turn of the event loop, whenever the returned function is called. @param {Element} container @param {() => Child | Child[]} view */
export function drawing(container, view) {
  let waits = false;
  const draw = () => {
    waits = false;
    render(container, view());
  };
  draw();
  return () => {
    if (waits) return;
    waits = true;
    queueMicrotask(draw);
  };
}

/** @param {any[]} children @param {string} [path] @returns {View[]} */
function flatten(children, path = '') {
  /** @type {View[]} */
  const views = [];
  children.forEach((child, index) => {
    const at = `${path}${index}`;
    if (child === null || child === undefined || typeof child === 'boolean') return;
    if (Array.isArray(child)) views.push(...flatten(child, `${at}/`));
    else if (typeof child === 'object') {
      const id = child.props.key === undefined ? at : `${path}#${child.props.key}`;
      views.push(child.id ? { ...child, id } : Object.assign(child, { id }));
    } else views.push({ id: at, text: String(child), props: {}, children: [] });
  });
  return views;
}

/** @param {Element} parent @param {View[]} olds @param {View[]} news */
function patchChildren(parent, olds, news) {
  const byId = new Map(olds.map((old) => [old.id, old]));
  const kept = new Set();
  for (const view of news) {
    const old = byId.get(view.id);
    if (old && !kept.has(old) && old.tag === view.tag) {
      kept.add(old);
      view.node = old.node;
      patch(old, view);
    } else view.node = create(view, parent);
  }
  for (const old of olds) {
    if (kept.has(old)) continue;
    // A dialog gives the focus back when it is closed, not when it is removed.
    if (old.tag === 'dialog') old.node.close();
    old.node.remove();
  }
  let cursor = parent.firstChild;
  for (const { node } of news) {
    if (cursor && node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
}

/** @param {View} old @param {View} view */
function patch(old, view) {
  const { node } = view;
  if (view.tag === undefined) {
    if (old.text !== view.text) node.data = view.text;
    return;
  }
  for (const name of Object.keys(old.props)) if (!(name in view.props)) write(node, name, undefined, old.props[name]);
  for (const [name, value] of Object.entries(view.props)) if (value !== old.props[name]) write(node, name, value, old.props[name]);
  if (!view.props.opaque) patchChildren(node, old.children, view.children);
  if (view.tag === 'select' && view.props.value !== undefined && view.props.value !== old.props.value) node.value = view.props.value;
}

/** @param {View} view @param {Element} parent */
function create(view, parent) {
  if (view.tag === undefined) return document.createTextNode(view.text ?? '');
  const inSvg = view.tag === 'svg' || (parent.namespaceURI === SVG && parent.localName !== 'foreignObject');
  const node = inSvg ? document.createElementNS(SVG, view.tag) : document.createElement(view.tag);
  for (const [name, value] of Object.entries(view.props)) write(node, name, value, undefined);
  for (const child of view.children) node.append((child.node = create(child, node)));
  if (view.tag === 'select' && view.props.value !== undefined) /** @type {any} */ (node).value = view.props.value;
  const { ref } = view.props;
  if (ref) refs.push(() => ref(node));
  return node;
}

/** @param {any} node @param {string} name @param {any} value @param {any} old */
function write(node, name, value, old) {
  if (NOT_WRITTEN.has(name)) return;
  if (name.startsWith('on')) node[name] = value ?? null;
  else if (name === 'style') writeStyle(node, value ?? {}, old ?? {});
  else if (LIVE.has(name) && name in node) node[name] = value ?? (typeof node[name] === 'boolean' ? false : '');
  else if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? '' : String(value));
}

/** @param {any} node @param {Record<string, string>} style @param {Record<string, string>} old */
function writeStyle(node, style, old) {
  for (const name of Object.keys(old)) if (!(name in style)) node.style.removeProperty(name);
  for (const [name, value] of Object.entries(style)) if (value !== old[name]) node.style.setProperty(name, value);
}
