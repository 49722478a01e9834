import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { codeAlone } from './comments.js';

const example = (name) => readFileSync(new URL(`comments/${name}.js`, import.meta.url), 'utf8');

test('lines that are comments alone are emptied and all others lose their indentation', () => assert.equal(codeAlone(example('written')), example('served')));

test('a template literal that spans lines is refused by its line', () => {
  assert.throws(() => codeAlone('const a = 1;\nconst b = `\n// text\n`;'), /^Error: line 2: /);
});
