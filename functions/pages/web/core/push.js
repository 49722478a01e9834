// @ts-check
/**
 * The server's push: a socket that only says what has changed, `{"kind": "booking", "id": "b-1"}`; the page then asks for it.
 * A socket is opened with a ticket. A stack without tickets has no push: the pages ask again and again.
 */
import { call, config } from './api.js';
import { pause } from './backoff.js';
import { Problem } from './http.js';
import { current, onSession } from './session.js';

/** @type {Array<(named: {kind: string, id: string} | null) => void>} */
const listeners = [];
/** @type {WebSocket | null} */
let socket = null;
let open = false;
let none = false;
let opening = false;
let failures = 0;
/** API Gateway ends a socket on which nothing was said for ten minutes. */
const SILENCE = 5 * 60_000;
/** @type {any} */
let timer;
/** @type {any} */
let breath;

/** Whether changes are pushed at this moment. */
export const pushed = () => open;
/** Hears what has changed, and `null` when something may have been missed. @param {(named: {kind: string, id: string} | null) => void} listener */
export const onPush = (listener) => void listeners.push(listener);

/** Opens the socket when somebody is signed in, and again whenever it breaks. */
export function startPush() {
  onSession(() => {
    hangUp();
    connect();
  });
  connect();
}

/** A socket is of one session: it ends with the session, and another session opens its own. */
function hangUp() {
  const left = socket;
  forget();
  left?.close();
}

function forget() {
  clearTimeout(timer);
  clearInterval(breath);
  socket = null;
  open = false;
}

async function connect() {
  const whose = current()?.customer_id;
  if (none || opening || !whose) return;
  opening = true;
  try {
    if ((await config()).push === 'none') return void (none = true);
    const { body } = await call('tickets', { method: 'POST', body: {}, quiet: true });
    if (current()?.customer_id === whose) listen(new WebSocket(body.url));
  } catch (error) {
    none = error instanceof Problem && [403, 404, 405].includes(error.status);
    if (!none) retry();
  } finally {
    opening = false;
  }
  if (current()?.customer_id !== whose) connect();
}

/** @param {WebSocket} made */
function listen(made) {
  socket = made;
  made.onopen = () => {
    open = true;
    failures = 0;
    breath = setInterval(() => made.send('.'), SILENCE);
    tell(null);
  };
  made.onmessage = ({ data }) => tell(read(data));
  made.onclose = () => {
    if (socket !== made) return;
    forget();
    tell(null);
    retry();
  };
}

/** A message that is not understood is a reason to ask for everything. @param {unknown} data */
function read(data) {
  try {
    const { kind, id } = JSON.parse(String(data));
    return typeof id === 'string' && id !== '' ? { kind: String(kind), id } : null;
  } catch {
    return null;
  }
}

/** @param {{kind: string, id: string} | null} named */
function tell(named) {
  for (const listener of listeners) listener(named);
}

function retry() {
  failures += 1;
  clearTimeout(timer);
  timer = setTimeout(connect, pause({ failures, hidden: false, pushed: false }));
}
