// @ts-check
/** Light or dark: as the browser says, or as the switch says. */
import { recall, remember } from './i18n.js';

const STORED = 'holdfast.scheme';
const dark = () => matchMedia('(prefers-color-scheme: dark)').matches;

/** @returns {'light' | 'dark'} */
export function scheme() {
  const chosen = recall(STORED) ?? document.documentElement.dataset.scheme;
  return chosen === 'light' || chosen === 'dark' ? chosen : dark() ? 'dark' : 'light';
}

/** Switches to the other one. What the browser says anyway is not kept, so that it goes on following the browser. */
export function switchScheme() {
  const next = scheme() === 'dark' ? 'light' : 'dark';
  const own = next === (dark() ? 'dark' : 'light');
  remember(STORED, own ? null : next);
  if (own) delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = next;
}
