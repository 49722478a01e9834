import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bulk } from '../web/desk/bulk.js';

const problem = (passing, retryAfter = null) => Object.assign(new Error('no'), { passing, retryAfter });
const states = (it) => it.outcomes.map((outcome) => outcome.state);

test('an act is done on each, a few at a time', async () => {
  let now = 0;
  let most = 0;
  const it = bulk([1, 2, 3, 4, 5, 6, 7], async (item) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
    now -= 1;
    return item * 2;
  });
  await it.finished;
  assert.equal(most, 3);
  assert.deepEqual(it.outcomes.map((outcome) => outcome.answer), [2, 4, 6, 8, 10, 12, 14]);
  assert.equal(it.count(), 7);
});

test('what passes is tried again, after the pause that the server asks for', async () => {
  const pauses = [];
  let calls = 0;
  const it = bulk(['a'], async () => {
    calls += 1;
    if (calls === 1) throw problem(true, 7);
    if (calls === 2) throw problem(true);
    return 'well';
  }, { sleep: async (ms) => void pauses.push(ms) });
  await it.finished;
  assert.deepEqual([states(it), calls, pauses], [['done'], 3, [7000, 2000]]);
});

test('what does not pass is not tried again, and holds nothing else up', async () => {
  const it = bulk(['bad', 'good'], async (item) => {
    if (item === 'bad') throw problem(false);
  });
  await it.finished;
  assert.deepEqual(states(it), ['failed', 'done']);
  assert.equal(it.of('failed')[0].problem.message, 'no');
});

test('tries come to an end', async () => {
  let calls = 0;
  const it = bulk(['a'], async () => {
    calls += 1;
    throw problem(true);
  }, { sleep: async () => {} });
  await it.finished;
  assert.deepEqual([states(it), calls], [['failed'], 4]);
});

test('an answer that tells of a failure is none that went well', async () => {
  const it = bulk([1, 2], async (item) => item, { isGood: (answer) => answer === 1 });
  await it.finished;
  assert.deepEqual(states(it), ['done', 'failed']);
});

test('stopped, what has begun comes to its end and nothing else begins', async () => {
  const it = bulk([1, 2, 3], async () => {
    await null;
    it.stop();
  }, { atOnce: 1 });
  await it.finished;
  assert.deepEqual(states(it), ['done', 'left', 'left']);
});
