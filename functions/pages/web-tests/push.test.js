import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

const sockets = [];
const asked = [];
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
  'sessions/browser': () => ({ customer_id: `cus_${asked.length}`, role: 'customer', access_token: 'at', expires_in: 3600 }),
  'sessions/browser/end': () => ({}),
  tickets: () => ({ url: 'wss://push.example.com/live' }),
  'config.json': () => ({ simulation: true }),
};
delete globalThis.BroadcastChannel;
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });
Object.assign(globalThis, { document: { baseURI: 'https://shop.example.com/v1/app/', documentElement: { dataset: {} } }, WebSocket: Socket });
globalThis.fetch = async (url) => {
  const path = url.pathname.replace(/^\/v1\/(app\/)?/, '');
  asked.push(path);
  return new Response(JSON.stringify(ANSWERS[path]()));
};
const session = await import('../web/core/session.js');
const push = await import('../web/core/push.js');
const settled = () => new Promise((resolve) => setImmediate(resolve));
mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
push.startPush();

/** Signs in and gives the socket that is open then. */
async function connected() {
  await session.signIn('ana@example.com', 'a long sentence');
  for (let turn = 0; turn < 10; turn += 1) await settled();
  const socket = sockets[sockets.length - 1];
  socket.onopen();
  return socket;
}

test('an idle socket is kept open by a short text every five minutes, as long as it is open', async () => {
  const socket = await connected();
  mock.timers.tick(9 * 60_000);
  assert.deepEqual(socket.sent, ['.']);
  mock.timers.tick(60_000);
  assert.equal(socket.sent.length, 2);
  socket.close();
  mock.timers.tick(5 * 60_000);
  assert.equal(socket.sent.length, 2);
});

test('the socket is closed at the sign-out, and none is opened', async () => {
  const socket = await connected();
  const count = sockets.length;
  await session.signOut();
  assert.deepEqual([socket.isClosed, push.pushed()], [true, false]);
  mock.timers.tick(120_000);
  await settled();
  assert.equal(sockets.length, count);
});

test('another customer gets one socket of their own', async () => {
  const first = await connected();
  const count = sockets.length;
  const second = await connected();
  mock.timers.tick(120_000);
  await settled();
  assert.deepEqual([first.isClosed, second.isClosed, push.pushed(), sockets.length], [true, undefined, true, count + 1]);
});
