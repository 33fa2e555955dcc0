import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backoffMs, Live } from './live';

class FakeSocket {
  static all: FakeSocket[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  isClosed = false;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  close(): void {
    this.isClosed = true;
  }
  send(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const event = (id: string) => ({ id, at: '2026-01-12T00:00:00Z', kind: 'x' });
const last = () => FakeSocket.all.at(-1) as FakeSocket;

let seen: string[];
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  FakeSocket.all = [];
  seen = [];
  live = new Live('ws://x/v1/live', { onEvent: (e) => seen.push(e.id), onReset: () => seen.push('reset'), onState: () => undefined });
  live.start();
});
afterEach(() => {
  live.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('after a cut it asks for what follows the last event and drops what it holds', () => {
  last().send({ since: 10 });
  last().send({ prev: 10, seq: 12, event: event('a') });
  last().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(30_000);
  expect(last().url).toBe('ws://x/v1/live?since=12');
  last().send({ since: 12 });
  last().send({ prev: 10, seq: 12, event: event('a') });
  last().send({ prev: 12, seq: 15, event: event('b') });
  expect(seen).toEqual(['a', 'b']);
});

test('a gap in the sequence makes it connect again from what it holds', () => {
  last().send({ since: 10 });
  const first = last();
  first.send({ prev: 14, seq: 15, event: event('late') });
  expect(first.isClosed).toBe(true);
  vi.advanceTimersByTime(30_000);
  expect(last().url).toBe('ws://x/v1/live?since=10');
  expect(seen).toEqual([]);
});

test('a reset starts from the server\'s place', () => {
  last().send({ reset: true, since: 99 });
  last().onclose?.({ code: 1001 });
  vi.advanceTimersByTime(30_000);
  expect(seen).toEqual(['reset']);
  expect(last().url).toBe('ws://x/v1/live?since=99');
});

test('silence for 45 s is a dead line, an ended session is no reason to come back', () => {
  last().send({ since: 1 });
  vi.advanceTimersByTime(44_000);
  last().send({ beat: 1 });
  vi.advanceTimersByTime(44_000);
  expect(FakeSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(46_000);
  expect(FakeSocket.all.length).toBeGreaterThan(1);
  const count = FakeSocket.all.length;
  last().onclose?.({ code: 4401 });
  vi.advanceTimersByTime(120_000);
  expect(FakeSocket.all).toHaveLength(count);
});

test('the wait doubles up to half a minute and is spread over its whole length', () => {
  expect(backoffMs(1, 1)).toBe(1_000);
  expect(backoffMs(20, 1)).toBe(30_000);
  expect(backoffMs(20, 0)).toBe(0);
});
