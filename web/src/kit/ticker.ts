/**
 * Business time in the browser, and the one ticker that all countdowns share. The only file that reads the wall clock.
 *
 * The server says what time it is and how fast it runs (`rate` business milliseconds per real one, 1 outside demos); from then on
 * only the difference of the local clock counts, so a wrong local clock does no harm.
 */

import type { ServerTime } from '@/api/types';

const TICK_MS = 1_000;
/** Clocks differ by less; a jump is more. */
const AHEAD_MS = 5_000;

type Anchor = { serverMs: number; localMs: number; rate: number };

let anchor: Anchor = { serverMs: Date.now(), localMs: Date.now(), rate: 1 };
let isSynced = false;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** Business time at `localMs`, in ms since 1970. */
export function businessAt(from: Anchor, localMs: number): number {
  return from.serverMs + (localMs - from.localMs) * from.rate;
}

/** Business time now, in ms since 1970. */
export function businessNow(): number {
  return businessAt(anchor, Date.now());
}

/** Whether the server has told its time; until then a countdown would show nonsense. */
export function hasBusinessTime(): boolean {
  return isSynced;
}

/** Something happened that lies ahead of the time shown: the clock of a demo was moved. */
export function isAhead(at: string): boolean {
  return Date.parse(at) > businessNow() + AHEAD_MS;
}

/** Reading of the local clock, for measuring how long a request took. */
export function localNow(): number {
  return Date.now();
}

export function businessRate(): number {
  return anchor.rate;
}

/** Takes over the server's time; half of the round trip has passed since the server wrote it. */
export function syncTime(time: ServerTime, roundTripMs = 0): void {
  const { rate } = time;
  isSynced = true;
  anchor = { serverMs: Date.parse(time.server_now) + (roundTripMs / 2) * rate, localMs: Date.now(), rate };
  tick();
}

function tick(): void {
  for (const listener of listeners) listener();
}

/** Calls `listener` every second until the returned function is called; without listeners the ticker stands. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
