// @ts-check
/** Addresses are hashes, so back, reload and deep links work below any stage's prefix. */

/** @typedef {{path: string, params: Record<string, string>, query: URLSearchParams}} Place */

/** @param {string} pattern @param {string} path @returns {Record<string, string> | null} */
export function match(pattern, path) {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':') && given[index] !== '') params[part.slice(1)] = decode(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The path and the query of `#/bookings/b-1?x=y`. @param {string} hash */
export function parse(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split('?', 2);
  return { path: path.startsWith('/') ? path.replace(/(.)\/$/, '$1') : '/', query: new URLSearchParams(query) };
}

/** An address within the page. @param {string} path @param {Record<string, string | number | undefined | null>} [query] */
export function href(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#${path}${text ? `?${text}` : ''}`;
}

/** Goes to an address of `href`. @param {string} to @param {{replace?: boolean}} [how] */
export function go(to, { replace = false } = {}) {
  if (to === location.hash) return;
  if (!replace) location.hash = to;
  else {
    history.replaceState(null, '', to);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

/** Changes the address without going anywhere: what a reload shall find. @param {string} to */
export const noteAddress = (to) => history.replaceState(null, '', to);

/** The same, so that Back leads to the address before: for what the reader asked for. @param {string} to */
export function pushAddress(to) {
  if (to === location.hash) return;
  history.pushState(null, '', to);
}

/**
 * Calls `show` with the first route that matches, now and at each change; with `null` where none does.
 * @template T @param {Array<[string, T]>} routes @param {(found: T | null, place: Place) => void} show
 */
export function startRoutes(routes, show) {
  const follow = () => {
    const { path, query } = parse(location.hash);
    for (const [pattern, found] of routes) {
      const params = match(pattern, path);
      if (params) return show(found, { path, params, query });
    }
    show(null, { path, params: {}, query });
  };
  addEventListener('hashchange', follow);
  follow();
}
