/** How much time is left, as numbers and tone; the words are the caller's. */

export type Tone = 'calm' | 'soon' | 'past';
export type Remain = { tone: Tone; days: number; clock: string };

/** Below this the remaining time is amber. */
export const SOON_MS = 6 * 3_600_000;

const two = (n: number) => String(n).padStart(2, '0');

/** What is left from `nowMs` to `dueMs`; after it, how long it has been over. Whole seconds, never rounded up. */
export function remain(dueMs: number, nowMs: number): Remain {
  const left = dueMs - nowMs;
  const tone: Tone = left <= 0 ? 'past' : left < SOON_MS ? 'soon' : 'calm';
  const seconds = Math.floor(Math.abs(left) / 1_000);
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  return { tone, days, clock: `${two(hours)}:${two(minutes)}:${two(seconds % 60)}` };
}
