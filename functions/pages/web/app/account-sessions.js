// @ts-check
/** Where the customer is signed in, and the end of each. */
import { toast } from '../core/announce.js';
import { part, remove } from '../core/api.js';
import { now } from '../core/clock.js';
import { h } from '../core/dom.js';
import { ago, cut, dateTime } from '../core/format.js';
import { t } from '../core/i18n.js';
import { action, actButton, badge } from '../core/parts.js';
import { problemBox } from '../core/problem.js';
import { ended, signOut } from '../core/session.js';
import { fetched, fetchedView, section } from './account-part.js';

/** The browser and the system in what a client calls itself. @param {string | null} client */
export function clientName(client) {
  if (!client) return null;
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(client)?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(client)?.[1];
  const names = /** @type {Record<string, string>} */ ({ Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' });
  const known = [browser, system].filter(Boolean).map((name) => names[/** @type {string} */ (name)] ?? name);
  return known.length > 0 ? known.join(', ') : cut(client, 60);
}

/** @param {() => void} draw */
export function sessionsPart(draw) {
  const list = fetched('sessions', draw);
  const end = action(draw, async (_key, /** @type {string} */ id) => {
    await remove(`sessions/${part(id)}`);
    toast(t('sessions.ended'), { kind: 'ok' });
    await list.load.go();
  });
  const everywhere = action(draw, async () => {
    await remove('sessions');
    await signOut().catch(() => ended());
    toast(t('sessions.ended_all'), { kind: 'ok' });
  });
  let ending = '';
  const endOne = (/** @type {string} */ id) => () => {
    ending = id;
    end.go(id);
  };
  const row = (/** @type {any} */ it) =>
    h(
      'li',
      { key: it.session_id, class: 'line', 'data-test': 'session' },
      h(
        'div',
        { class: 'grow stack-tight' },
        h('p', { class: 'row strong' }, clientName(it.client) ?? t('sessions.unknown'), it.current && badge('ok', t('sessions.this'))),
        h('p', { class: 'small muted' }, t('sessions.used', { begun: dateTime(it.begun), ago: ago(it.last_used, now()) })),
      ),
      !it.current && actButton(ending === it.session_id ? end : {}, { class: 'small', onclick: endOne(it.session_id) }, t('sessions.end')),
    );
  const view = () =>
    section(
      'sessions',
      t('sessions.title'),
      fetchedView(list, ({ sessions }) => [
        h('ul', { class: 'lines' }, sessions.map(row)),
        end.problem && problemBox(end.problem),
        everywhere.problem && problemBox(everywhere.problem),
        h(
          'p',
          null,
          actButton(
            everywhere,
            { class: 'danger', onclick: () => everywhere.go(), 'data-test': 'sign-out-everywhere' },
            t('sessions.end_all'),
          ),
        ),
      ]),
    );
  return { view, again: () => void list.load.go() };
}
