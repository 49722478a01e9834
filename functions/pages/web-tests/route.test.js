import assert from 'node:assert/strict';
import { test } from 'node:test';
import { href, match, parse } from '../web/core/route.js';

test('patterns give their parts', () => {
  assert.deepEqual(match('/bookings/:id', '/bookings/b-1'), { id: 'b-1' });
  assert.deepEqual(match('/card/:id', '/card/a%2Fb'), { id: 'a/b' });
  assert.deepEqual(match('/', '/'), {});
});

test('what does not match is none', () => {
  for (const path of ['/bookings', '/bookings/', '/bookings/b-1/x', '/orders/b-1']) assert.equal(match('/bookings/:id', path), null, path);
});

test('a broken escape is a plain text', () => assert.deepEqual(match('/card/:id', '/card/%zz'), { id: '%zz' }));

test('hashes are paths with a query', () => {
  const { path, query } = parse('#/search/?kind=flight&to=S%C3%A3o');
  assert.equal(path, '/search');
  assert.equal(query.get('to'), 'São');
  assert.equal(parse('').path, '/');
  assert.equal(parse('#nonsense').path, '/');
});

test('addresses leave out what is empty', () => {
  assert.equal(href('/', { kind: 'flight', to: '', trip: null }), '#/?kind=flight');
  assert.equal(href('/bookings'), '#/bookings');
});
