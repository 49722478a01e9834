// @ts-check
/** The token of a letter's link. It leaves the address at once and is nowhere but in this page's memory. */

let held = '';

export const token = () => held;
export const spendToken = () => void (held = '');

/** Takes `#reset=lt_…` or `#confirm=lt_…` out of the address. */
export function takeToken() {
  const found = /^#(reset|confirm)=([\w-]+)$/.exec(location.hash);
  if (!found) return;
  held = found[2];
  history.replaceState(null, '', `#/${found[1]}`);
}
