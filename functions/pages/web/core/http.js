// @ts-check
/** One request and its answer. Knows nothing of sessions. */
import { observe } from './clock.js';

/** The API's folder, above the page's own: `…/v1/`. A desk's page lies one folder deeper. */
export const base = new URL(document.documentElement.dataset.api ?? '../', document.baseURI);
/** Longer than the API itself may take (29 s). */
const PATIENCE = 35_000;

/** @typedef {{method?: string, body?: unknown, token?: string | null, key?: string, etag?: string | null, headers?: Record<string, string>, as?: 'json' | 'text', signal?: AbortSignal, keepalive?: boolean}} Ask */
/** @typedef {{status: number, body: any, etag: string | null, location: string | null}} Answer */

/**
 * Why a request did not go well. `kind` is the API's own word (`booking-conflict`), or
 * `offline`, `unreachable`, `slow` or `broken` where the API did not say any.
 */
export class Problem extends Error {
  /** @param {string} kind @param {number} status @param {any} [document] @param {number | null} [retryAfter] seconds */
  constructor(kind, status, document = {}, retryAfter = null) {
    super(document.detail ?? kind);
    this.kind = kind;
    this.status = status;
    this.document = document;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may go well a little later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The fields that are wrong. @returns {Array<{field: string, problem: string}>} */
  get fields() {
    return Array.isArray(this.document.errors) ? this.document.errors : [];
  }
}

/** Sends a request. Throws a `Problem`. @param {string} path below the API's folder @param {Ask} [ask] @returns {Promise<Answer>} */
export async function send(path, ask = {}) {
  const sent = performance.now();
  const response = await fetched(path, ask);
  observe(response.headers.get('Holdfast-Now'), sent, performance.now());
  if (response.status === 304) return { status: 304, body: null, etag: ask.etag ?? null, location: null };
  const text = await bodyOf(response);
  const body = ask.as === 'text' && response.ok ? text : parsed(text);
  if (!response.ok) throw problemOf(response, body);
  if (body === undefined) throw new Problem('broken', response.status);
  return { status: response.status, body, etag: response.headers.get('ETag'), location: response.headers.get('Location') };
}

/** @param {string} path @param {Ask} ask */
async function fetched(path, ask) {
  /** @type {Record<string, string>} */
  const headers = { Accept: ask.as === 'text' ? '*/*' : 'application/json', ...ask.headers };
  if (ask.body !== undefined) headers['Content-Type'] = 'application/json';
  if (ask.token) headers.Authorization = `Bearer ${ask.token}`;
  if (ask.key) headers['Idempotency-Key'] = ask.key;
  if (ask.etag) headers['If-None-Match'] = ask.etag;
  const signals = [AbortSignal.timeout(PATIENCE), ...(ask.signal ? [ask.signal] : [])];
  try {
    return await fetch(new URL(path, base), {
      method: ask.method ?? 'GET',
      headers,
      body: ask.body === undefined ? undefined : JSON.stringify(ask.body),
      signal: AbortSignal.any(signals),
      cache: 'no-store',
      credentials: 'same-origin',
      keepalive: ask.keepalive,
    });
  } catch (error) {
    throw unanswered(error, ask.signal);
  }
}

/** @param {unknown} error @param {AbortSignal | undefined} signal */
function unanswered(error, signal) {
  if (signal?.aborted) return error;
  if (!navigator.onLine) return new Problem('offline', 0);
  return new Problem(error instanceof DOMException && error.name === 'TimeoutError' ? 'slow' : 'unreachable', 0);
}

/** @param {Response} response */
async function bodyOf(response) {
  try {
    return await response.text();
  } catch {
    throw new Problem(navigator.onLine ? 'unreachable' : 'offline', 0);
  }
}

/** @param {string} text */
function parsed(text) {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {Response} response @param {any} body */
function problemOf(response, body) {
  const document = body && typeof body === 'object' ? body : {};
  const named = /^urn:holdfast:problem:([a-z-]+)$/.exec(String(document.type ?? ''));
  const after = Number(response.headers.get('Retry-After'));
  return new Problem(named ? named[1] : nameless(response.status), response.status, document, after > 0 ? after : null);
}

/** Answers from before the API (a gateway, a proxy) have a status only. @param {number} status */
function nameless(status) {
  const names = /** @type {Record<number, string>} */ ({
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    409: 'conflict',
    413: 'too-large',
    429: 'too-many-requests',
    502: 'unavailable',
    503: 'unavailable',
    504: 'slow',
  });
  return names[status] ?? 'broken';
}

/** A name for an intent, so that the API carries it out once however often it is sent. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
