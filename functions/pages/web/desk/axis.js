// @ts-check
// A time axis for histories in which milliseconds and hours lie side by side.

/**
 * @typedef {{at: (ms: number) => number, ticks: {share: number, ms: number}[]}} Axis
 */

const LEAST = 20;

/**
 * `even` gives short pauses room and long ones little more; else distances are true to time.
 * @param {number[]} times in milliseconds @param {boolean} even @returns {Axis}
 */
export function axisOf(times, even) {
  const marks = [...new Set(times)].sort((a, b) => a - b);
  if (marks.length < 2) return { at: () => 0, ticks: marks.map((ms) => ({ share: 0, ms: 0 * ms })) };
  const widths = marks.slice(1).map((ms, index) => width(ms - marks[index], even));
  const total = widths.reduce((sum, it) => sum + it, 0);
  const shares = [0];
  for (const it of widths) shares.push(shares[shares.length - 1] + it / total);
  return { at: (ms) => between(ms, marks, shares), ticks: even ? ticksAt(marks, shares) : ticksOf(marks) };
}

const width = (ms, even) => (even ? 0.4 + Math.log2(1 + ms / LEAST) : ms);

function between(ms, marks, shares) {
  if (ms <= marks[0]) return 0;
  const next = marks.findIndex((it) => it >= ms);
  if (next < 0) return 1;
  const [from, to] = [marks[next - 1], marks[next]];
  return shares[next - 1] + ((ms - from) / (to - from)) * (shares[next] - shares[next - 1]);
}

/** Ticks where something happened, an eighth of the axis apart. */
function ticksAt(marks, shares) {
  const ticks = [{ share: 0, ms: 0 }];
  shares.forEach((share, index) => {
    if (share - ticks[ticks.length - 1].share >= 0.125 && share <= 0.94) ticks.push({ share, ms: marks[index] - marks[0] });
  });
  return ticks;
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5, 432e5, 864e5];

/** Ticks at round distances from the beginning. */
function ticksOf(marks) {
  const span = marks[marks.length - 1] - marks[0];
  const step = STEPS.find((it) => span / it <= 7) ?? Math.ceil(span / 7 / 864e5) * 864e5;
  const ticks = [];
  for (let ms = 0; ms <= span * 0.94; ms += step) ticks.push({ share: ms / span, ms });
  return ticks;
}
