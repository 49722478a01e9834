// @ts-check
/** Money, numbers and times in the reader's format and zone. */

let locale = 'en';
/** @type {Map<string, any>} */
let made = new Map();

/** Formats follow the language shown; of the reader's own locales the first of that language says which (en-GB, pt-PT). @param {string} language @param {readonly string[]} [own] */
export function formatFor(language, own = []) {
  const base = language.split('-')[0];
  locale = own.find((each) => each === base || each.startsWith(`${base}-`)) ?? language;
  made = new Map();
}

/** @param {string} name @param {() => any} make */
function once(name, make) {
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known;
}

/** An amount in minor units. @param {{amount: number, currency: string} | null | undefined} money */
export function money(money) {
  if (!money) return '–';
  const format = once(`money ${money.currency}`, () => moneyFormat(money.currency));
  return format.format(money.amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** @param {string} currency */
function moneyFormat(currency) {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency });
  } catch {
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }
}

/** @param {number} value */
export const number = (value) => once('number', () => new Intl.NumberFormat(locale)).format(value);
/** Hundredths. @param {number} value */
export const percent = (value) => once('percent', () => new Intl.NumberFormat(locale, { style: 'percent' })).format(value / 100);

/** @param {string} name @param {Intl.DateTimeFormatOptions} options @returns {(at: string | number | Date) => string} */
const times = (name, options) => (at) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : once(name, () => new Intl.DateTimeFormat(locale, options)).format(date);
};

export const time = times('time', { hour: 'numeric', minute: '2-digit' });
export const timeExact = times('exact', { hour: 'numeric', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
export const dateTime = times('dateTime', { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' });
export const date = times('date', { day: 'numeric', month: 'short', year: 'numeric' });
/** A day of the calendar, such as `2027-03-01`: the same day in every zone. */
export const day = times('day', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
export const dayShort = times('dayShort', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Milliseconds as people say them: `340 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`. @param {number} ms */
export function duration(ms) {
  const unit = (/** @type {number} */ value, /** @type {string} */ name, digits = 0) =>
    once(
      `${name} ${digits}`,
      () => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }),
    ).format(value);
  if (ms < 1000) return unit(Math.round(ms), 'millisecond');
  if (ms < 60_000) return unit(ms / 1000, 'second', ms < 10_000 ? 1 : 0);
  const [small, big, per] = ms < 3_600_000 ? ['second', 'minute', 60] : ms < 86_400_000 ? ['minute', 'hour', 60] : ['hour', 'day', 24];
  const total = Math.floor(ms / { second: 1000, minute: 60_000, hour: 3_600_000 }[/** @type {'second'} */ (small)]);
  const rest = total % per;
  return rest === 0 ? unit(Math.floor(total / per), big) : `${unit(Math.floor(total / per), big)} ${unit(rest, small)}`;
}

/** `5 minutes ago`, `in 2 hours`. @param {string | number} at @param {number} now */
export function ago(at, now) {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const format = once('ago', () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  for (const [unit, size] of /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
  ]))
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  return format.format(Math.trunc(seconds), 'second');
}

/** Texts of others are cut at a sensible length. @param {unknown} text @param {number} [most] */
export function cut(text, most = 160) {
  const characters = Array.from(
    String(text ?? '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  if (characters.length <= most) return characters.join('');
  const kept = characters.slice(0, most - 1).join('');
  return `${kept.trimEnd()}…`;
}

/** The first or last characters of a long identifier. @param {string} id */
export const shortId = (id) => (id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-4)}`);
