import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chooseLanguage, moreWords, setWords, t } from '../web/core/i18n.js';

const WEB = new URL('../web/', import.meta.url);
/** Each with the beginning of its files' names. */
const SOURCES = ['words/', 'app/words/', 'desk/words/', 'desk/words/dialogs-', 'desk/words/lists-', 'desk/words/now-'].filter((source) => existsSync(new URL(`${source}en.js`, WEB)));
const load = async (source, language) => (await import(new URL(`${source}${language}.js`, WEB))).default;
const holes = (word) => [...new Set(JSON.stringify(word).match(/\{\w+\}/g) ?? [])].sort();

for (const source of SOURCES) {
  test(`${source}: both languages have the same keys and the same holes`, async () => {
    const [en, pt] = [await load(source, 'en'), await load(source, 'pt-BR')];
    assert.deepEqual(Object.keys(en).sort(), Object.keys(pt).sort());
    for (const key of Object.keys(en)) assert.deepEqual(holes(en[key]), holes(pt[key]), key);
  });
}

test('every key that the scripts name has words', async () => {
  const all = Object.assign({}, ...(await Promise.all(SOURCES.map((source) => load(source, 'en')))));
  for (const folder of ['core', 'app', 'desk'].filter((each) => existsSync(new URL(each, WEB)))) {
    for (const file of readdirSync(new URL(folder, WEB)).filter((name) => name.endsWith('.js'))) {
      const text = readFileSync(new URL(`${folder}/${file}`, WEB), 'utf8');
      for (const [, key] of text.matchAll(/\bt\('([^']+)'/g)) assert.ok(key in all, `${folder}/${file}: ${key}`);
    }
  }
});

test('each status of the API has words', async () => {
  const app = await load('app/words/', 'en');
  const stands = { booking: 'stand', order: 'order_stand' };
  for (const [kind, stand] of Object.entries(stands)) {
    const statuses = Object.keys(app).filter((key) => new RegExp(`^${kind}\\.(?!title|steps|goods|item|quantity|price|amount|papers|invoice$|credit_note|parcel|tracking|to_invoice|back|cancel$|cancel_text|keep)`).test(key));
    assert.ok(statuses.length >= 9, String(statuses));
    for (const key of statuses) for (const part of ['title', 'text']) assert.ok(`${stand}.${key.split('.')[1]}.${part}` in app, `${key} ${part}`);
  }
});

test('the language is the first of the reader’s that there are words in', () => {
  assert.equal(chooseLanguage(['de-DE', 'pt-PT', 'en-US']), 'pt-BR');
  assert.equal(chooseLanguage(['en-GB', 'pt-BR']), 'en');
  assert.equal(chooseLanguage(['de']), 'en');
});

test('one and many, and holes', () => {
  setWords('en', { offers: { one: '{count} offer to {to}', other: '{count} offers to {to}' } });
  assert.equal(t('offers', { count: 1, to: 'Lisbon' }), '1 offer to Lisbon');
  assert.equal(t('offers', { count: 2, to: '{count}' }), '2 offers to {count}');
  assert.equal(t('nothing.there'), 'nothing.there');
});

test('words that come later are added to those that there are, in the language of the page', async () => {
  setWords('pt-BR', { one: 'um' });
  await moreWords({ en: async () => ({ default: { two: 'two' } }), 'pt-BR': async () => ({ default: { two: 'dois' } }) });
  assert.deepEqual(['one', 'two'].map((key) => t(key)), ['um', 'dois']);
});
