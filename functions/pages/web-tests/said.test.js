import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf, saidOf } from '../web/desk/said.js';
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
