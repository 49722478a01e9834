// @ts-check
/**
 * Who is signed in. The access token is in this page's memory only; the refresh token is in a cookie that no script can read.
 * Each refresh token is good once, so tabs refresh one after another, each with the cookie that the one before it was given.
 */
import { Problem, send } from './http.js';
import { recall, remember } from './i18n.js';

/** @typedef {{customer_id: string, role: 'customer' | 'operator', access_token: string, until: number}} Session */

const HINT = 'holdfast.signed-in';
/** Refreshed this long before the access token's end, in milliseconds. */
const EARLY = 60_000;
const PAGE = { 'Holdfast-Page': '1' };

/** @type {Session | null} */
let session = null;
/** @type {any} */
let timer;
/** @typedef {'signed-in' | 'signed-out' | 'run-out'} Change */
/** @type {Array<(session: Session | null, change: Change) => void>} */
const listeners = [];
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('holdfast.session') : null;

export const current = () => session;
export const isOperator = () => session?.role === 'operator';
/** `run-out` is the end that nobody asked for. @param {(session: Session | null, change: Change) => void} listener */
export const onSession = (listener) => void listeners.push(listener);

/** Finds out whether the browser has a session. Without the hint that it had one the API is not asked. */
export async function startSession() {
  tabs?.addEventListener('message', ({ data }) => hear(data));
  if (recall(HINT)) await refresh().catch(() => null);
}

/** @param {any} said by another tab */
async function hear(said) {
  if (said?.kind === 'signed-out') take(null);
  else if (said?.kind === 'signed-in' && said.customer_id !== session?.customer_id) await refresh().catch(() => null);
}

/** @param {string} email @param {string} password */
export async function signIn(email, password) {
  const { body } = await alone(() => send('sessions/browser', { method: 'POST', body: { email, password }, headers: PAGE }));
  take(body);
  tabs?.postMessage({ kind: 'signed-in', customer_id: body.customer_id });
}

export async function signOut() {
  await alone(() => send('sessions/browser/end', { method: 'POST', body: {}, headers: PAGE, token: session?.access_token }));
  ended();
}

/** The session is over, here and in all tabs. */
export function ended() {
  take(null);
  tabs?.postMessage({ kind: 'signed-out' });
}

/** @type {Promise<Session | null> | null} */
let refreshing = null;

/** Gets another access token; `null` when there is no session any more. Throws when the API cannot say. */
export function refresh() {
  refreshing ??= alone(askAnew).finally(() => (refreshing = null));
  return refreshing;
}

async function askAnew() {
  try {
    const { body } = await send('sessions/browser/refresh', { method: 'POST', body: {}, headers: PAGE });
    take(body);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    take(null, 'run-out');
  }
  return session;
}

/** @template T @param {() => Promise<T>} act @returns {Promise<T>} */
function alone(act) {
  return navigator.locks ? navigator.locks.request('holdfast.session', act) : act();
}

/** @param {any} body @param {Change} [change] */
function take(body, change = body ? 'signed-in' : 'signed-out') {
  clearTimeout(timer);
  const before = session;
  session = body && { ...body, until: performance.now() + body.expires_in * 1000 };
  remember(HINT, session ? '1' : null);
  if (session) timer = setTimeout(keep, Math.max(5_000, body.expires_in * 1000 - EARLY));
  if (before?.customer_id !== session?.customer_id || before?.role !== session?.role)
    for (const listener of listeners) listener(session, change);
}

/** Takes another access token for the same session: after another password. @param {{access_token: string, expires_in: number}} body */
export const renew = (body) => session && take({ ...session, ...body });

/** A refresh ahead of time that fails is tried again by the next request's 401. */
function keep() {
  refresh().catch(() => (timer = setTimeout(keep, 15_000)));
}

/** The access token, refreshed if its end is near: timers sleep with the computer. */
export async function token() {
  if (session && performance.now() > session.until - 5_000) await refresh();
  return session?.access_token ?? null;
}

/** Shows the sign-in over the page and resolves when somebody has signed in (`true`) or given up. @type {() => Promise<boolean>} */
let askToSignIn = async () => false;
/** @param {() => Promise<boolean>} ask */
export const whenSignInIsNeeded = (ask) => void (askToSignIn = ask);
/** @type {Promise<boolean> | null} */
let asking = null;
/** However many requests need it, the reader is asked once. */
export const signInAgain = () => (asking ??= askToSignIn().finally(() => (asking = null)));
