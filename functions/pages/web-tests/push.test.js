import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, pass, sockets } from './stand-in.js';

const { signOut } = await import('../web/core/session.js');
const { pushed, startPush } = await import('../web/core/push.js');
startPush();

test('an idle socket is kept open by a short text every five minutes, as long as it is open', async () => {
  const socket = await connected();
  await pass(9 * 60_000);
  assert.deepEqual(socket.sent, ['.']);
  await pass(60_000);
  assert.equal(socket.sent.length, 2);
  socket.close();
  await pass(5 * 60_000);
  assert.equal(socket.sent.length, 2);
});

test('the socket is closed at the sign-out, and none is opened', async () => {
  const socket = await connected();
  const count = sockets.length;
  await signOut();
  assert.deepEqual([socket.isClosed, pushed()], [true, false]);
  await pass(120_000);
  assert.equal(sockets.length, count);
});

test('another customer gets one socket of their own, which outlives the end of the first', async () => {
  const first = await connected();
  const count = sockets.length;
  const second = await connected();
  first.onclose();
  await pass(120_000);
  assert.deepEqual([first.isClosed, second.isClosed, pushed(), sockets.length], [true, undefined, true, count + 1]);
});
