/** The live channel: events by sequence. What was missed is asked for by number, never by a window of time. */

import type { LiveEvent } from './types';

type Frame = { since?: number; reset?: boolean; prev?: number; seq?: number; event?: LiveEvent; beat?: number };
export type LiveHandlers = { onEvent: (event: LiveEvent) => void; onReset: () => void; onState: (isOpen: boolean) => void };

const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** The server beats every 20 s; after so long without a frame the line is dead. */
const SILENCE_MAX_MS = 45_000;
const SESSION_OVER = 4401;

/** Full jitter: anywhere between nothing and the doubled wait. */
export function backoffMs(failures: number, random: number): number {
  return Math.round(random * Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** failures));
}

export class Live {
  #socket: WebSocket | null = null;
  #last: number | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  readonly #handlers: LiveHandlers;
  readonly #url: string;

  constructor(url: string, handlers: LiveHandlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  start(): void {
    window.addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    window.removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#drop();
  }

  /** Back on line or back in front: no reason to sit out the wait. */
  readonly #hurry = (): void => {
    if (document.visibilityState === 'hidden' || this.#socket !== null || this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  #connect(): void {
    const socket = new WebSocket(this.#last === null ? this.#url : `${this.#url}?since=${this.#last}`);
    this.#socket = socket;
    socket.onmessage = (message) => this.#take(JSON.parse(String(message.data)) as Frame);
    socket.onclose = (close) => this.#closed(close.code);
    this.#listen();
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#again(), SILENCE_MAX_MS);
  }

  #take(frame: Frame): void {
    this.#listen();
    if (frame.since !== undefined) {
      this.#failures = 0;
      this.#handlers.onState(true);
      const isFirst = this.#last === null;
      if (frame.reset || isFirst) this.#last = frame.since;
      if (frame.reset) this.#handlers.onReset();
    } else if (frame.seq !== undefined && frame.event) {
      if (this.#last !== null && frame.seq <= this.#last) return;
      if (this.#last !== null && frame.prev !== undefined && frame.prev > this.#last) {
        this.#again();
        return;
      }
      this.#last = frame.seq;
      this.#handlers.onEvent(frame.event);
    }
  }

  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
    }
  }

  #again(): void {
    this.#drop();
    this.#closed(0);
  }

  #closed(code: number): void {
    clearTimeout(this.#silence);
    this.#socket = null;
    this.#handlers.onState(false);
    if (this.#isStopped || code === SESSION_OVER) return;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), backoffMs(this.#failures, Math.random()));
  }
}
