import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ago, cut, date, day, duration, formatFor, money, percent, shortId } from '../web/core/format.js';

const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');
beforeEach(() => formatFor('en', ['en-US']));

test('money has the minor units of its currency', () => {
  assert.equal(plain(money({ amount: 660120, currency: 'BRL' })), 'R$6,601.20');
  assert.equal(plain(money({ amount: 660120, currency: 'JPY' })), '¥660,120');
  assert.equal(money(null), '–');
});

test('a currency that nobody knows is a number', () => assert.equal(money({ amount: 1234, currency: 'nonsense' }), '12.34'));

test('formats are those of the reader’s locale of the language that is shown', () => {
  formatFor('pt-BR', ['en-US', 'pt-PT', 'pt-BR']);
  assert.equal(plain(money({ amount: 660120, currency: 'EUR' })), '6601,20 €');
  formatFor('pt-BR', ['en-US']);
  assert.equal(plain(money({ amount: 660120, currency: 'BRL' })), 'R$ 6.601,20');
});

test('a day of the calendar is the same in every zone', () => assert.equal(day('2027-03-01'), 'Mon, Mar 1, 2027'));

test('what is no time is shown as it came', () => assert.equal(date('soon'), 'soon'));

test('durations are said in at most two units', () => {
  assert.deepEqual([340, 1240, 12_400, 60_000, 200_000, 7_500_000, 180_000_000].map((ms) => plain(duration(ms))), ['340 ms', '1.2 sec', '12 sec', '1 min', '3 min 20 sec', '2 hr 5 min', '2 days 2 hr']);
});

test('how long ago', () => {
  const now = Date.parse('2027-03-01T12:00:00Z');
  assert.equal(ago('2027-03-01T11:55:00Z', now), '5 minutes ago');
  assert.equal(ago('2027-03-01T14:30:00Z', now), 'in 2 hours');
});

test('texts are cut by characters, never within one', () => {
  assert.equal(cut('  a\n b  '), 'a b');
  assert.equal(cut('x'.repeat(300), 10), `${'x'.repeat(9)}…`);
  assert.equal(cut('👩🏽'.repeat(3), 2), '👩…');
  assert.equal(cut(null), '');
});

test('percent and ids', () => {
  assert.equal(percent(80), '80%');
  assert.equal(shortId('b-db6ed3c7544443ec9365dd685c653780'), 'b-db6e…3780');
  assert.equal(shortId('b-1'), 'b-1');
});
