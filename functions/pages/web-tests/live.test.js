import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, connected, pass } from './stand-in.js';

const { watch } = await import('../web/core/live.js');
const { startPush } = await import('../web/core/push.js');
startPush();
const socket = await connected();
const tell = (id) => socket.onmessage({ data: JSON.stringify({ kind: 'booking', id }) });
const times = (path) => asked.filter((each) => each === path).length;

/** Watches a path and gives how often it is asked for while something is done. */
async function counted(path, how, act) {
  const it = watch(path, () => {}, how);
  await pass(0);
  const before = times(path);
  await act();
  it.stop();
  return times(path) - before;
}

test('what is pushed is asked for at once, if it is about what is shown', async () => {
  const act = async () => {
    tell('b-1');
    await pass(1);
    tell('b-2');
    await pass(1);
  };
  assert.equal(await counted('sagas/b-1', {}, act), 1);
  assert.equal(await counted('sagas', {}, act), 2);
});

test('what is dear to answer is asked for once in a while, however much is pushed', async () => {
  const act = async () => {
    for (let count = 0; count < 40; count += 1) {
      tell(`b-${count}`);
      await pass(100);
    }
  };
  assert.equal(await counted('figures', { gap: 2_000 }, act), 2);
});

test('without news it is asked for in its own time', async () => {
  assert.equal(await counted('figures', { every: 40_000 }, () => pass(45_000)), 1);
});
