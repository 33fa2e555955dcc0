/** The one door to the server: JSON over fetch, problems as `Problem`, mutations with an idempotency key and a patient retry. */

import { Problem, UNREACHABLE, UNREADABLE, type ProblemBody } from './problem';

export type Query = Record<string, string | number | null | undefined>;
type Options = { query?: Query; body?: unknown; raw?: Blob; signal?: AbortSignal };

/** Tries of one mutation that meets a busy server; the key makes repeating harmless. */
const TRIES_MAX = 4;
const RETRY_MS = 1_000;

let language = 'zh-CN';
let onSignedOut: () => void = () => undefined;

/** Language of problem texts from now on. */
export function setLanguage(tag: string): void {
  language = tag;
}

/** Called on every 401 but that of the log-in itself. */
export function setSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** A key no other request has; `randomUUID` exists only on https and loopback. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

export function urlOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, v]) => v !== null && v !== undefined && v !== '');
  const text = new URLSearchParams(given.map(([k, v]): [string, string] => [k, String(v)])).toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send(method: string, path: string, options: Options, key: string | null): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language };
  if (key !== null) headers['idempotency-key'] = key;
  if (options.raw) headers['content-type'] = options.raw.type || 'application/octet-stream';
  else if (options.body !== undefined) headers['content-type'] = 'application/json';
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  try {
    return await fetch(urlOf(path, options.query), { method, headers, body, signal: options.signal, credentials: 'same-origin' });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem({ code: UNREACHABLE }, 0);
  }
}

async function problemFrom(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({ code: UNREADABLE }))) as ProblemBody;
  return new Problem(body, response.status);
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const key = method === 'GET' ? null : newKey();
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(method, path, options, key);
    if (response.status === 503 && attempt < TRIES_MAX) {
      const seconds = Number(response.headers.get('retry-after'));
      await pause((seconds > 0 ? seconds * 1_000 : RETRY_MS) * (0.5 + Math.random()));
      continue;
    }
    if (!response.ok) {
      const problem = await problemFrom(response);
      if (response.status === 401 && path !== '/v1/session') onSignedOut();
      throw problem;
    }
    if (response.status === 204) return undefined as T;
    return (await response.json().catch(() => {
      throw new Problem({ code: UNREADABLE }, response.status);
    })) as T;
  }
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', path, { query, signal });
export const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, { body });
