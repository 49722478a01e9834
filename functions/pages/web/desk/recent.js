// @ts-check
// The sagas that were looked at, the last first.

/** @type {{kind: string, id: string}[]} */
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
