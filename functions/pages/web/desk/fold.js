// @ts-check
// How a saga stood after any of its events: their changes, one after another.

/**
 * @typedef {{of: string, before: string|null, after: string}} Change
 * @typedef {{id: string, name: string, at: string, actor: string, note: string|null, parts: string[],
 *   changes: Change[]}} Event
 * @typedef {{status: string|null, parts: Map<string, string>}} Standing
 */

/** @param {string} kind @param {Event[]} events @param {number} [count] @returns {Standing} */
export function foldTo(kind, events, count = events.length) {
  /** @type {Standing} */
  let standing = { status: null, parts: new Map() };
  for (const event of events.slice(0, count)) standing = after(kind, standing, event);
  return standing;
}

/** How it stood before each event, and at last after all of them. @param {string} kind @param {Event[]} events */
export function standings(kind, events) {
  const all = [foldTo(kind, [])];
  for (const event of events) all.push(after(kind, all[all.length - 1], event));
  return all;
}

/** @param {string} kind @param {Standing} standing @param {Event} event @returns {Standing} */
function after(kind, standing, event) {
  const parts = new Map(standing.parts);
  let { status } = standing;
  for (const change of event.changes ?? []) {
    if (change.of === kind) status = change.after;
    else parts.set(change.of, change.after);
  }
  return { status, parts };
}
