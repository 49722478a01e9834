// @ts-check
// Where the operator has been: the sagas that were looked at, those that were listed, and the list that was seen last.
import { parse } from '../core/route.js';

/** The sagas that were looked at, the last first. @type {{kind: string, id: string}[]} */
let seen = [];
export const recent = () => seen;

/** @param {string} kind @param {string} id */
export function remember(kind, id) {
  seen = [{ kind, id }, ...seen.filter((it) => it.id !== id || it.kind !== kind)].slice(0, 5);
}

/** Those that lists have shown, by `kind/id`. @type {Set<string>} */
const listed = new Set();
/** @param {string[]} keys */
export const noteListed = (keys) => keys.forEach((key) => listed.add(key));

/** All that were looked at or listed. @returns {{kind: string, id: string}[]} */
export function known() {
  const keys = new Set([...seen.map(({ kind, id }) => `${kind}/${id}`), ...listed]);
  return [...keys].map((key) => ({ kind: key.split('/')[0], id: key.slice(key.indexOf('/') + 1) }));
}

/** The pages from which sagas are opened, each with its name. @type {Record<string, string>} */
const LISTS = { '/': 'desk.waiting', '/sagas': 'desk.sagas', '/now': 'desk.now' };
let last = { path: '/sagas', to: '#/sagas', name: 'desk.sagas' };
/** The list that was seen last, with its filter: the way back from a saga. */
export const cameFrom = () => last;

/** Follows the addresses. */
export function followLists() {
  const note = () => {
    const { path } = parse(location.hash);
    if (path in LISTS) last = { path, to: location.hash || '#/', name: LISTS[path] };
  };
  addEventListener('hashchange', note);
  note();
}
