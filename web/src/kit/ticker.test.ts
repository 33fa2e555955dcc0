import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { businessAt, businessNow, hasBusinessTime, isAhead, onTick, syncTime } from './ticker';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime('2031-07-01T00:00:00Z');
});
afterEach(() => {
  vi.useRealTimers();
});

test('there is no business time before the server told it', () => {
  expect(hasBusinessTime()).toBe(false);
  syncTime({ server_now: '2026-01-12T01:00:00Z', rate: 1 });
  expect(hasBusinessTime()).toBe(true);
});

test('business time runs at the rate from what the server said, whatever the local clock shows', () => {
  syncTime({ server_now: '2026-01-12T01:00:00Z', rate: 600 });
  vi.advanceTimersByTime(2_000);
  expect(new Date(businessNow()).toISOString()).toBe('2026-01-12T01:20:00.000Z');
});

test('half of the round trip counts as passed, at the rate', () => {
  syncTime({ server_now: '2026-01-12T01:00:00Z', rate: 10 }, 400);
  expect(businessNow() - Date.parse('2026-01-12T01:00:00Z')).toBe(2_000);
});

test('a countdown reaches zero when rate times the local time has passed', () => {
  const from = { serverMs: 0, localMs: 1_000, rate: 60 };
  expect(businessAt(from, 1_000)).toBe(0);
  expect(businessAt(from, 61_000)).toBe(3_600_000);
});

test('all countdowns share one timer, which stops with the last of them', () => {
  const calls: string[] = [];
  const offA = onTick(() => calls.push('a'));
  const offB = onTick(() => calls.push('b'));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(calls).toEqual(['a', 'b']);
  offA();
  vi.advanceTimersByTime(1_000);
  expect(calls).toEqual(['a', 'b', 'b']);
  offB();
  expect(vi.getTimerCount()).toBe(0);
});

test('a jump of the demo clock is shown at once', () => {
  let ticks = 0;
  const off = onTick(() => (ticks += 1));
  syncTime({ server_now: '2026-01-14T01:00:00Z', rate: 1 });
  expect(ticks).toBe(1);
  off();
});

test('an event from ahead of the time shown tells that the clock was moved', () => {
  syncTime({ server_now: '2026-01-12T01:00:00Z', rate: 1 });
  expect(isAhead('2026-01-12T01:00:02Z')).toBe(false);
  expect(isAhead('2026-01-14T01:00:00Z')).toBe(true);
});
