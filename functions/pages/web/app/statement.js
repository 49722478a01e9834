// @ts-check
/** The lines of an account's statement: what each did to the balance, and which trip or order it was for. */

/** The merchant's code of each kind, and where its pages are. @type {Record<string, 'bookings' | 'orders'>} */
const PAGES = { 4722: 'bookings', 5999: 'orders' };
const PAYMENTS = ['reserve', 'capture', 'release', 'refund'];
/** What came in, and what went out. @type {Record<string, number>} */
const SIGNS = { credit: 1, give_back: 1, release: 1, refund: 1, purchase: -1, reserve: -1, capture: -1 };

/** What was paid for: `b-1/payment/capture` names the saga before its step. @param {any} line @returns {{page: 'bookings' | 'orders', id: string} | null} */
export function subjectOf(line) {
  const [, id] = /^([\w.-]+)\/payment/.exec(line.transaction ?? '') ?? [];
  const page = PAGES[line.mcc];
  return id && page && PAYMENTS.includes(line.kind) ? { page, id } : null;
}

/** 1 for money that came in, -1 for money that went out; what was refused moved none. @param {any} line */
export const signOf = (line) => (line.code === '00' ? (SIGNS[line.kind] ?? 0) : 0);

/**
 * What was set aside and then paid is one line: the payment, which knows that it was set aside. The lines come newest first.
 * @param {any[]} lines @returns {any[]}
 */
export function stories(lines) {
  const told = new Set();
  const found = lines.map((line, index) => {
    const subject = line.kind === 'capture' && subjectOf(line);
    const reserve = subject && lines.slice(index + 1).find((each) => each.kind === 'reserve' && subjectOf(each)?.id === subject.id);
    if (!reserve) return line;
    told.add(reserve);
    return { ...line, reserved: reserve };
  });
  return found.filter((_, index) => !told.has(lines[index]));
}
