// @ts-check
/** What all pages have around them: the header, the connection's state, the sign-in, and the change from one page to the next. */
import { announce, hush, startAnnouncing, toast } from './announce.js';
import { drawing, h, icon } from './dom.js';
import { currentLanguage, LANGUAGES, onLanguage, setLanguage, startWords, t } from './i18n.js';
import { askAll, connectionLost, onConnection } from './live.js';
import { dialog, empty } from './parts.js';
import { sentence } from './problem.js';
import { startPush } from './push.js';
import { startRoutes } from './route.js';
import { current, isOperator, onSession, signInAgain, signOut, startSession, whenSignInIsNeeded } from './session.js';
import { signInForm } from './sign-in.js';
import { scheme, switchScheme } from './theme.js';

/** @typedef {{title: () => string, view: () => any, stop?: () => void}} Page */
/** @typedef {import('./route.js').Place & {draw: () => void}} Visit */
/** `needs` says who may see it. @typedef {{make: (visit: Visit) => Page, needs?: 'customer' | 'operator'}} Route */
/** @typedef {{href: string, label: () => string, symbol: string, test?: string, badge?: () => any, under?: string[], here?: (path: string) => boolean, shown?: () => boolean}} Link */
/**
 * @typedef {object} Setup
 * @property {string} name the key of the application's name
 * @property {string} home where its name leads
 * @property {Parameters<typeof startWords>[0]} words
 * @property {Link[]} links
 * @property {Array<[string, Route]>} routes
 * @property {() => any} [extra] more for the header
 * @property {() => any} [account] what stands beside the button to sign out
 * @property {boolean} [mayRegister]
 * @property {string} [forgotten] where a forgotten password is mended
 */

/** @type {Page | null} */
let page = null;
/** @type {{route: Route | null, place: import('./route.js').Place} | null} */
let at = null;
let draw = () => {};
/** Whose page is shown. @type {string | null} */
let seen = null;
/** @type {ReturnType<typeof signInForm> | null} */
let form = null;
/** @type {null | ((done: boolean) => void)} */
let answerDialog = null;
/** @type {(() => any) | null} */
let dialogForm = null;

/** A page that has just come leaves the focus at its top, before the link to the content. */
let begun = false;

/** Draws everything again. */
export const redraw = () => draw();

/** Starts an application. @param {Setup} setup */
export async function startPage(setup) {
  await Promise.all([startWords(setup.words), startSession()]);
  startAnnouncing();
  whenSignInIsNeeded(askOver);
  seen = current()?.customer_id ?? null;
  const root = document.querySelector('#page') ?? document.body;
  draw = drawing(root, () => frame(setup));
  onLanguage(() => {
    retitle();
    draw();
  });
  onConnection(() => {
    announce(t(connectionLost() ? 'connection.lost' : 'connection.back'), { urgent: connectionLost() });
    draw();
  });
  onSession((session, change) => follow(setup, session, change));
  startRoutes(setup.routes, (route, place) => {
    at = { route, place };
    visit(setup, true);
  });
  startPush();
}

/**
 * A session that has run out leaves the page as it is, with what was typed, and asks over it.
 * Another customer never sees it.
 * @param {Setup} setup @param {ReturnType<typeof current>} session @param {string} change
 */
async function follow(setup, session, change) {
  const other = session && seen && session.customer_id !== seen;
  seen = session?.customer_id ?? (change === 'signed-out' ? null : seen);
  if (other) return location.reload();
  if (change === 'signed-out') {
    hush();
    answerDialog?.(false);
  }
  if (page && at?.route?.needs && change === 'run-out') {
    if (!(await signInAgain())) visit(setup, false);
  } else if (!(page && answerDialog)) visit(setup, false);
}

/** Leaves the page that is shown and makes the next one. @param {Setup} setup @param {boolean} moved */
function visit(setup, moved) {
  page?.stop?.();
  page = null;
  form = null;
  if (!at) return;
  const { route, place } = at;
  if (route && mayShow(route)) page = route.make({ ...place, draw: () => draw() });
  else if (route && !current()) form = signInForm(() => draw(), { mayRegister: setup.mayRegister ?? true, forgotten: setup.forgotten });
  draw();
  retitle();
  queueMicrotask(() => settle(moved));
}

/** @param {Route} route */
const mayShow = (route) => !route.needs || (current() !== null && (route.needs === 'customer' || isOperator()));

/** The reader and the screen reader begin at the top of the new page. @param {boolean} moved */
function settle(moved) {
  const heading = /** @type {HTMLElement | null} */ (document.querySelector('main h1'));
  if (!heading || document.querySelector('dialog[open]')) return;
  if (moved) scrollTo(0, 0);
  document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const { activeElement } = document;
  const nowhere = activeElement === document.body || /** @type {HTMLElement} */ (activeElement).tabIndex < 0;
  if (begun && (moved || nowhere)) heading.focus({ preventScroll: true });
  begun = true;
}

function retitle() {
  const title = page ? page.title() : form ? form.title() : t('not_found.title');
  document.title = `${title} · Holdfast`;
}

/** The session has ended in the middle: the page stays, with what was typed. @returns {Promise<boolean>} */
function askOver() {
  return new Promise((resolve) => {
    answerDialog = (done) => {
      answerDialog = dialogForm = null;
      draw();
      resolve(done);
    };
    dialogForm = signInForm(() => draw(), { onDone: () => answerDialog?.(true), mayRegister: false });
    draw();
  });
}

/** @param {Setup} setup */
function frame(setup) {
  return [
    h('a', { class: 'skip', href: '#main', onclick: skip }, t('skip')),
    header(setup),
    h(
      'div',
      { class: 'connection', role: 'status', 'data-test': 'connection' },
      connectionLost() &&
        h(
          'p',
          null,
          h('span', { class: 'spinner', 'aria-hidden': 'true' }),
          t(navigator.onLine ? 'connection.lost' : 'connection.offline'),
          ' ',
          h('button', { type: 'button', class: 'link', onclick: askAll }, t('again')),
        ),
    ),
    h('main', { id: 'main', tabindex: '-1' }, content()),
    dialogForm &&
      dialog(
        { title: t('sign_in.again'), onClose: () => answerDialog?.(false), test: 'sign-in-dialog' },
        h('p', null, t('sign_in.again_text')),
        dialogForm(),
      ),
  ];
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.querySelector('main')?.focus();
}

/** The route's own key makes sure that two pages never share a node. */
function content() {
  const key = `${at?.place.path} ${page ? 'page' : form ? 'form' : 'none'}`;
  if (page) return h('div', { key, class: 'page' }, page.view());
  if (form)
    return h('div', { key, class: 'page narrow' }, h('h1', { tabindex: '-1' }, form.title()), h('section', { class: 'card' }, form()));
  const symbol = at?.route ? 'lock' : 'search';
  const word = at?.route ? 'forbidden' : 'not_found';
  return h(
    'div',
    { key, class: 'page narrow' },
    h('h1', { tabindex: '-1' }, t(`${word}.title`)),
    empty(symbol, t(`${word}.what`), t(`${word}.text`), h('a', { class: 'button', href: '#/' }, t('not_found.home'))),
  );
}

/** @param {Setup} setup */
function header(setup) {
  const dark = scheme() === 'dark';
  const other = currentLanguage() === 'en' ? 'pt-BR' : 'en';
  const turn = () => {
    switchScheme();
    draw();
  };
  return h(
    'header',
    { class: 'top' },
    h('a', { class: 'brand', href: setup.home }, icon('brand'), h('span', null, 'Holdfast'), h('span', { class: 'which' }, t(setup.name))),
    h('nav', { 'aria-label': t('nav') }, h('ul', null, setup.links.filter((link) => link.shown?.() ?? true).map(navLink))),
    h(
      'div',
      { class: 'tools' },
      setup.extra?.(),
      h(
        'button',
        { type: 'button', class: 'quiet', lang: other, onclick: () => setLanguage(other), 'data-test': 'language' },
        other === 'en' ? 'EN' : 'PT',
        h('span', { class: 'aside-voice' }, ` ${LANGUAGES[other]}`),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet square',
          onclick: turn,
          'aria-label': t(dark ? 'scheme.light' : 'scheme.dark'),
          'data-test': 'scheme',
        },
        icon(dark ? 'sun' : 'moon'),
      ),
      setup.account?.(),
      current() &&
        h(
          'button',
          {
            type: 'button',
            class: 'quiet square',
            onclick: leave,
            'aria-label': t('sign_out'),
            title: t('sign_out'),
            'data-test': 'sign-out',
          },
          icon('leave'),
        ),
    ),
  );
}

/** @param {Link} link */
function navLink(link) {
  const path = at?.place.path ?? '/';
  const own = [link.href.slice(1).split('?')[0], ...(link.under ?? [])];
  const here = link.here?.(path) ?? own.some((each) => path === each || (each !== '/' && path.startsWith(`${each}/`)));
  return h(
    'li',
    { key: link.href },
    h(
      'a',
      { href: link.href, 'aria-current': here ? 'page' : undefined, 'data-test': link.test },
      icon(link.symbol),
      h('span', null, link.label()),
      link.badge?.(),
    ),
  );
}

async function leave() {
  try {
    await signOut();
    toast(t('signed_out'), { kind: 'ok' });
  } catch (error) {
    toast(sentence(error), { kind: 'bad', action: { label: t('again'), run: leave } });
  }
}
