/** What a page shows, read when it opens and again when something happened. */

import { useCallback, useEffect, useState } from 'preact/hooks';
import { problemOf, type Problem } from '@/api/problem';

export type Loaded<D> = { data: D | undefined; problem: Problem | null; reload: () => void; put: (data: D) => void };

const listeners = new Set<() => void>();

/** Something happened in the market: pages on the screen read again. */
export function stir(): void {
  for (const listener of listeners) listener();
}

export function useLoad<D>(key: string, read: () => Promise<D>): Loaded<D> {
  const [held, setHeld] = useState<{ key: string; data?: D; problem: Problem | null }>({ key, problem: null });
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    let isOver = false;
    read().then(
      (data) => !isOver && setHeld({ key, data, problem: null }),
      // What was read before stays on the screen.
      (error: unknown) => !isOver && setHeld((old) => ({ key, data: old.key === key ? old.data : undefined, problem: problemOf(error) })),
    );
    return () => {
      isOver = true;
    };
  }, [key, round]);
  useEffect(() => {
    listeners.add(reload);
    return () => {
      listeners.delete(reload);
    };
  }, [reload]);
  const mine = held.key === key ? held : { data: undefined, problem: null };
  return { data: mine.data, problem: mine.problem, reload, put: (data) => setHeld({ key, data, problem: null }) };
}
