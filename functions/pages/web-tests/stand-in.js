// As much of a browser as the session, the push and the live views need. Import it before them.
import { mock } from 'node:test';

/** All sockets that were opened. */
export const sockets = [];
/** All paths that were asked for. */
export const asked = [];
/** The stopwatch. */
export const watch = { now: 0 };

class Socket {
  sent = [];
  constructor() {
    sockets.push(this);
  }
  send(text) {
    this.sent.push(text);
  }
  close() {
    this.isClosed = true;
    this.onclose?.();
  }
}

const ANSWERS = {
  'sessions/browser': () => ({ customer_id: `cus_${asked.length}`, role: 'operator', access_token: 'at', expires_in: 3600 }),
  tickets: () => ({ url: 'wss://push.example.com/live' }),
};

delete globalThis.BroadcastChannel;
const given = {
  addEventListener() {},
  document: { addEventListener() {}, hidden: false, baseURI: 'https://shop.example.com/v1/app/', documentElement: { dataset: {} } },
  fetch: async (url) => {
    const path = url.pathname.replace(/^\/v1\/(app\/)?/, '');
    asked.push(path);
    return new Response(JSON.stringify(ANSWERS[path]?.() ?? {}));
  },
  navigator: { onLine: true },
  performance: { now: () => watch.now },
  WebSocket: Socket,
};
for (const [name, value] of Object.entries(given)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });

/** Lets all that has an answer go on. */
export async function settled() {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets time pass. @param {number} ms */
export async function pass(ms) {
  watch.now += ms;
  mock.timers.tick(ms);
  await settled();
}

/** Signs another customer in and gives the socket that is open then. */
export async function connected() {
  const { signIn } = await import('../web/core/session.js');
  await signIn('ana@example.com', 'a long sentence');
  await settled();
  const socket = sockets[sockets.length - 1];
  socket.onopen();
  await settled();
  return socket;
}
