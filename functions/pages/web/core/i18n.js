// @ts-check
/** Words in the reader's language: by the browser's languages, or the switch. */
import { formatFor } from './format.js';

export const LANGUAGES = /** @type {const} */ ({ en: 'English', 'pt-BR': 'Português' });
/** @typedef {keyof typeof LANGUAGES} Language */
/** @typedef {string | {one: string, other: string}} Word */
const STORED = 'holdfast.language';

/** @type {Language} */
let language = 'en';
/** @type {Record<string, Word>} */
let words = {};
/** @type {Array<Record<Language, () => Promise<{default: Record<string, Word>}>>>} */
let sources = [];
/** @type {Array<() => void>} */
const listeners = [];

/** The first of the reader's languages that there are words in; `en` else. @param {readonly string[]} wanted @returns {Language} */
export function chooseLanguage(wanted) {
  for (const each of wanted) {
    if (/^pt\b/i.test(each)) return 'pt-BR';
    if (/^en\b/i.test(each)) return 'en';
  }
  return 'en';
}

/** Loads the words. Each source has one loader for each language. @param {typeof sources} from */
export async function startWords(from) {
  sources = from;
  const stored = recall(STORED);
  await load(stored && stored in LANGUAGES ? /** @type {Language} */ (stored) : chooseLanguage(navigator.languages));
}

/** @param {Language} wanted */
async function load(wanted) {
  const parts = await Promise.all(sources.map((source) => source[wanted]()));
  setWords(wanted, Object.assign({}, ...parts.map((part) => part.default)));
  formatFor(wanted, navigator.languages);
  document.documentElement.lang = wanted;
}

/** Adds the words of a part that comes later. @param {(typeof sources)[number]} source */
export async function moreWords(source) {
  sources = [...sources, source];
  const its = (await source[language]()).default;
  words = { ...words, ...its };
}

/** @param {Language} next @param {Record<string, Word>} its */
export function setWords(next, its) {
  language = next;
  words = its;
}

/** Switches the language and remembers it. @param {Language} wanted */
export async function setLanguage(wanted) {
  await load(wanted);
  remember(STORED, wanted);
  for (const listener of listeners) listener();
}

export const currentLanguage = () => language;
/** @param {() => void} listener */
export const onLanguage = (listener) => void listeners.push(listener);

/** The words for a key. `{name}` is replaced; `count` chooses between one and many. @param {string} key @param {Record<string, string | number>} [values] */
export function t(key, values = {}) {
  const word = words[key];
  if (word === undefined) return key;
  const text =
    typeof word === 'string' ? word : word[new Intl.PluralRules(language).select(Number(values.count)) === 'one' ? 'one' : 'other'];
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Whether there are words for a key. @param {string} key */
export const has = (key) => key in words;
/** The words for a key, or the name itself in plain letters: for statuses that this page does not know yet. @param {string} prefix @param {string} name */
export const named = (prefix, name) => (has(`${prefix}.${name}`) ? t(`${prefix}.${name}`) : String(name).replaceAll('_', ' '));

/** Storage may be forbidden; then a choice lasts as long as the page. @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string | null} value */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // The choice is not kept.
  }
}
