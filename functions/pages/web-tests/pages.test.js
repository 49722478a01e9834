import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { codeAlone } from './comments.js';

const WEB = new URL('../web/', import.meta.url);
const read = (name) => readFileSync(new URL(name, WEB), 'utf8');
/** What a browser gets of a file. */
const served = (name) => (name.endsWith('.js') ? codeAlone(read(name)) : read(name));
const PAGES = { 'index.html': 'app', 'desk/index.html': 'desk' };
const MOST = 60_000;

/** All modules that a module imports, itself first. */
function reached(start) {
  const found = [];
  const waiting = [start];
  while (waiting.length > 0) {
    const name = waiting.shift();
    if (found.includes(name)) continue;
    found.push(name);
    for (const [, from] of read(name).matchAll(/^(?:import|export)\b(?:[^;]*?from)? '([^']+)'/gm)) waiting.push(posix.join(posix.dirname(name), from));
  }
  return found;
}

/** What a module that is not the first gets of words: the longer language. */
const wordsOf = (name) => [...read(name).matchAll(/import\('([^']*pt-BR\.js)'\)/g)].map(([, from]) => posix.join(posix.dirname(name), from));

const namesIn = (files, pattern, folder) => [...new Set(files.flatMap((file) => [...read(file).matchAll(pattern)].map(([, name]) => `${folder}/${name}.js`)))];

/** Modules that come with a visit: `lazy('name', …)` and its like in the first module. */
const lazyOf = (start) => namesIn([start], /\b(?:lazy|own)\('([\w-]+)'/g, posix.dirname(start));
/** Modules that a page loads for a part of it: `load('graph-view')`, `need('act')` and their like. */
const partsOf = (page) => namesIn(reached(page).filter((name) => name.startsWith(posix.dirname(page))), /\b(?:load|need|opens)\('([\w-]+)'/g, posix.dirname(page));

for (const [page, folder] of Object.entries(PAGES).filter(([page]) => existsSync(new URL(page, WEB)))) {
  const html = read(page);
  const named = (pattern) => [...html.matchAll(pattern)].map(([, address]) => address.split('{version}/')[1]);
  const [start] = named(/<script type="module" src="([^"]+)"/g);

  test(`${page} asks for all its modules at once`, () => {
    const preloaded = named(/<link rel="modulepreload" href="([^"]+)"/g);
    assert.deepEqual([...preloaded, start].sort(), reached(start).sort());
  });

  test(`${page} weighs at most ${MOST} bytes with all that it loads`, (context) => {
    const styles = named(/<link rel="stylesheet" href="([^"]+)"/g);
    const first = [page, 'icons.svg', 'mark.svg', 'core/early.js', ...[start, `words/pt-BR.js`, `${folder}/words/pt-BR.js`].flatMap(reached), ...styles];
    for (const visit of [start, ...lazyOf(start)].flatMap((later) => [[later], ...partsOf(later).map((part) => [later, part])])) {
      const modules = visit.flatMap(reached);
      const files = [...new Set([...first, ...modules, ...modules.flatMap(wordsOf)])];
      const weight = files.reduce((sum, name) => sum + gzipSync(served(name), { level: 6 }).length, 0);
      const told = `${visit.join(' with ')}: ${weight} bytes in ${files.length} files`;
      assert.ok(weight <= MOST, told);
      context.diagnostic(told);
    }
  });

  test(`${page} has no script, style or origin in itself`, () => {
    for (const bad of [/<style/, / style=/, /<script(?![^>]*src=)/, /:\/\//, / on\w+=/]) assert.doesNotMatch(html, bad);
  });
}

test('no module makes markup of text or leaves the stack', () => {
  for (const folder of Object.values(PAGES)) {
    if (!existsSync(new URL(`${folder}/main.js`, WEB))) continue;
    for (const name of [`${folder}/main.js`, ...lazyOf(`${folder}/main.js`).flatMap((later) => [later, ...partsOf(later)])].flatMap(reached)) assert.doesNotMatch(read(name), /\.(innerHTML|outerHTML|insertAdjacentHTML)\b|\beval\(|document\.write|https?:\/\/(?!www\.w3\.org\/2000\/svg)/, name);
  }
});
