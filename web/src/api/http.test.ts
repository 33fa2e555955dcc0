import { afterEach, expect, test, vi } from 'vitest';
import { get, post, setSignedOut, urlOf } from './http';
import { Problem } from './problem';

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers });

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('empty parameters stay out of the address', () => {
  expect(urlOf('/v1/orders', { q: 'a b', state: '', after: null, limit: 50 })).toBe('/v1/orders?q=a+b&limit=50');
});

test('a busy server is asked again under the same key', async () => {
  vi.useFakeTimers();
  const keys: (string | null)[] = [];
  const answers = [json({ code: 'store.busy' }, 503, { 'retry-after': '1' }), json({ ok: true })];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get('idempotency-key'));
    return Promise.resolve(answers.shift());
  });
  const answer = post('/v1/aftersales', {});
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await answer).toEqual({ ok: true });
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('reading carries no key and a refusal becomes a problem', async () => {
  let sent: RequestInit = {};
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    sent = init;
    return Promise.resolve(json({ code: 'web.not_found', detail: 'nothing' }, 404));
  });
  const problem = await get('/v1/orders/x').catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).isMissing).toBe(true);
  expect(new Headers(sent.headers).has('idempotency-key')).toBe(false);
});

test('an ended session is told once for every call but the log-in', async () => {
  let told = 0;
  setSignedOut(() => (told += 1));
  vi.stubGlobal('fetch', () => Promise.resolve(json({ code: 'web.not_signed_in' }, 401)));
  await get('/v1/session').catch(() => undefined);
  expect(told).toBe(0);
  await get('/v1/board').catch(() => undefined);
  expect(told).toBe(1);
});
