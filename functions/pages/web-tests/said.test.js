import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterOf, endOf, saidOf, sumOf } from '../web/desk/said.js';
import en from '../web/desk/words/dialogs-en.js';
import pt from '../web/desk/words/dialogs-pt-BR.js';

const ACTS = ['redrive', 'resolve', 'abandon'];
const report = (more) => ({ before: 'needs_attention', after: 'failed', dry_run: true, did: [], ...more });

test('each act says by itself what it would do, and what it did', () => {
  for (const words of [en, pt]) {
    for (const outcome of ['would_be_done', 'done']) assert.equal(new Set(ACTS.map((act) => words[saidOf(act, outcome)])).size, 3, outcome);
    assert.equal(new Set(ACTS.map((act) => words[endOf(act, report())])).size, 3);
  }
});

test('a redrive promises no end', () => {
  assert.match(en[endOf('redrive', report())], /^If /);
  assert.match(en[saidOf('redrive', 'would_be_done')], /may refuse again/);
});

test('a status that stays is said to stay', () => {
  const stays = report({ after: 'needs_attention' });
  assert.match(en[endOf('redrive', stays)], /stays/);
  assert.match(en[endOf('redrive', { ...stays, dry_run: false })], /still/);
});

test('what failed and what is asked for is said, whatever the act', () => {
  assert.equal(saidOf('redrive', { failed: 'Refused: sold' }), 'said.failed');
  assert.equal(saidOf('redrive', 'asked'), 'said.asked');
});

test('a saga that ends undone is said to be undone, not only to have failed', () => {
  for (const words of [en, pt]) for (const [kind, after] of [['booking', 'failed'], ['order', 'failed'], ['booking', 'cancelled']]) assert.match(words[afterOf('redrive', kind, after)], /all undone, nothing left|tudo desfeito, nada falta/);
  assert.match(en[afterOf('resolve', 'booking', 'failed')], /^not booked/);
});

test('what is abandoned, goes on or is done is not said to be undone', () => {
  assert.equal(afterOf('abandon', 'booking', 'failed'), null);
  assert.deepEqual(['booked', 'completed', 'needs_attention'].map((after) => afterOf('redrive', 'order', after)), [null, null, null]);
});

test('what failed or is only asked for is not counted as done', () => {
  const answered = (state, ...all) => ({ state, answer: { did: all.map((outcome) => ({ outcome })) } });
  const run = [answered('done', 'done'), answered('done', 'done', 'asked'), answered('failed', { failed: 'Refused: sold' }), { state: 'failed', answer: null }, { state: 'left', answer: null }];
  assert.deepEqual(sumOf(run), [{ key: 'sum.done', count: 1 }, { key: 'sum.asked', count: 1 }, { key: 'sum.failed', count: 2 }, { key: 'sum.left', count: 1 }]);
  for (const words of [en, pt]) for (const { key } of sumOf(run)) assert.ok(key in words, key);
});
