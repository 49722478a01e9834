// @ts-check
// The sagas that were looked at, the last first.

/** @type {{kind: string, id: string}[]} */
let seen = [];
export const recent = () => seen;

/** @param {string} kind @param {string} id */
export function remember(kind, id) {
  seen = [{ kind, id }, ...seen.filter((it) => it.id !== id || it.kind !== kind)].slice(0, 5);
}
