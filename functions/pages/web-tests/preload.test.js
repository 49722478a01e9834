import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const WEB = new URL('../web/', import.meta.url);

/** A module with all that it imports at once, as paths below `web`. */
function withImports(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(new URL(path, WEB), 'utf8');
  for (const [, to] of text.matchAll(/^import (?:[^'"]+ from )?'([^']+)';/gm)) withImports(new URL(to, new URL(path, WEB)).href.slice(WEB.href.length), found);
  return found;
}

test('the desk names all modules that it begins with, so that they come at once', () => {
  const page = readFileSync(new URL('desk/index.html', WEB), 'utf8');
  const named = [...page.matchAll(/modulepreload" href="\.\.\/\{version\}\/([^"]+)"/g)].map((found) => found[1]);
  assert.deepEqual(named, [...withImports('desk/main.js')].filter((path) => path !== 'desk/main.js').sort());
});
