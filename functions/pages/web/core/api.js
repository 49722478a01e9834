// @ts-check
/** Requests in the name of who is signed in. A session that has ended is renewed once; then the reader signs in again and the request goes on. */
import { Problem, send } from './http.js';
import { current, refresh, signInAgain, token } from './session.js';

export { Problem, newKey } from './http.js';
/** @typedef {import('./http.js').Ask} Ask */

/**
 * Sends a request and gives its answer; throws a `Problem`.
 * `quiet` requests, which the reader did not ask for, fail rather than ask to sign in.
 * @param {string} path @param {Ask & {quiet?: boolean}} [ask]
 */
export async function call(path, { quiet = false, ...ask } = {}) {
  const used = await token();
  try {
    return await send(path, { ...ask, token: used });
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'unauthorized') throw error;
    if (!(await renewed(used)) && (quiet || !(await signInAgain()))) throw error;
    return send(path, { ...ask, token: current()?.access_token });
  }
}

/** @param {string | null} used */
async function renewed(used) {
  const now = current();
  if (!now) return false;
  return now.access_token !== used || (await refresh()) !== null;
}

/** @param {string} path @param {Ask & {quiet?: boolean}} [ask] @returns {Promise<any>} */
export const get = async (path, ask) => (await call(path, ask)).body;
/** @param {string} path @param {unknown} [body] @param {Ask} [ask] @returns {Promise<any>} */
export const post = async (path, body = {}, ask) => (await call(path, { ...ask, method: 'POST', body })).body;
/** @param {string} path @param {unknown} body @param {Ask} [ask] @returns {Promise<any>} */
export const put = async (path, body, ask) => (await call(path, { ...ask, method: 'PUT', body })).body;
/** @param {string} path @param {Ask} [ask] @returns {Promise<any>} */
export const remove = async (path, ask) => (await call(path, { ...ask, method: 'DELETE' })).body;
/** An identifier as a part of a path. @param {string} id */
export const part = (id) => encodeURIComponent(id);

/** @type {Promise<{simulation: boolean, push: string | null}> | null} */
let settings = null;
/** What kind of stack this is. Without an answer it is taken for a real one. */
export function config() {
  settings ??= fetch(new URL(document.documentElement.dataset.config ?? 'config.json', document.baseURI))
    .then((answer) => answer.json())
    .catch(() => ({ simulation: false, push: null }));
  return settings;
}
