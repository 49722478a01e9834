// The last hour, the breakers and the timers. Each of the three comes, fails and is empty by itself; they are shown from the top, so that none pushes another down.
import { announce } from '../core/announce.js';
import { now } from '../core/clock.js';
import { h } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { skeleton } from '../core/parts.js';
import { ticking } from './bits.js';
import { breakersView, breakerWord } from './breakers-view.js';
import { hourView } from './hour-view.js';
import { kept, paged, unseen } from './kept.js';
import { moveRow, pageKeys } from './keys.js';
import { cameToPass, shownOf, turned } from './now-rules.js';
import './list-words.js';
import './now-words.js';
import { timersView } from './timers-view.js';

/** Counting is dear: asked every five seconds, and not more than every two, however much is pushed. */
const HOW = { every: 5_000, gap: 2_000 };
const TIMERS = 25;

export function nowPage({ draw }) {
  const figures = kept('figures', { ...HOW, draw });
  const breakers = kept('breakers', { ...HOW, draw, onBody: (body) => turned(breakers?.body?.breakers, body.breakers).forEach(tell) });
  const timers = paged(`timers?limit=${TIMERS}`, 'timers', (timer) => `${timer.saga_name}/${timer.saga_id}`, { ...HOW, draw });
  const parts = [
    { name: 'hour', it: figures, view: hourView },
    { name: 'breakers', it: breakers, view: ({ breakers: all }) => breakersView(all, now()) },
    { name: 'timers', it: timers, view: () => timersView(timers, now()) },
  ];
  const opened = performance.now();
  let seen = now();
  const tick = () => {
    const [before, at] = [seen, (seen = now())];
    if (cameToPass((breakers.body?.breakers ?? []).map(({ until }) => until), before, at)) breakers.again();
    if (cameToPass((timers.body?.timers ?? []).flatMap((timer) => [timer.deadline, timer.lease_until]), before, at)) timers.again();
    draw();
  };
  const stops = [figures.stop, breakers.stop, timers.stop, ticking(tick, 1_000), pageKeys({ j: () => moveRow(1), k: () => moveRow(-1) })];
  return {
    title: () => t('desk.now'),
    view: () => [
      h('h1', { key: 'h', tabindex: '-1' }, t('desk.now')),
      shownOf(parts, performance.now() - opened).map(partView),
    ],
    stop: () => stops.forEach((stop) => stop()),
  };
}

const tell = (breaker) => announce(t(`breaker.became_${breaker.state}`, { name: breakerWord(breaker) }), { urgent: breaker.state === 'open' });

const partView = ({ name, it, view }) => h('section', { key: name, class: 'now-part', 'aria-labelledby': `now-${name}`, 'data-test': `now-${name}` },
  h('h2', { id: `now-${name}` }, t(`now.${name}`)),
  unseen(it, () => h('div', { class: 'card' }, skeleton(3, 'block'))) ?? view(it.body));
