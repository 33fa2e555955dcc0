/** A year as one letter a day, from 1 January. */

export type Kind = 'w' | 'm' | 'e' | 'h';
export type Day = { index: number; date: string; day: number; weekday: number };

const DAY_MS = 86_400_000;

/** The months of a year; `weekday` 0 is Monday. */
export function monthsOf(year: number): Day[][] {
  const months: Day[][] = Array.from({ length: 12 }, () => []);
  const first = Date.UTC(year, 0, 1);
  for (let ms = first; ms < Date.UTC(year + 1, 0, 1); ms += DAY_MS) {
    const at = new Date(ms);
    months[at.getUTCMonth()]?.push({
      index: Math.round((ms - first) / DAY_MS), date: at.toISOString().slice(0, 10), day: at.getUTCDate(), weekday: (at.getUTCDay() + 6) % 7,
    });
  }
  return months;
}

/** What a click makes of a day: a working day is taken off, a day of the weekend is worked or belongs to a holiday. */
export function nextKind(kind: Kind, weekday: number): Kind {
  if (weekday < 5) return kind === 'w' ? 'h' : 'w';
  if (kind === 'e') return 'm';
  return kind === 'm' ? 'h' : 'e';
}

/** `kind` for a span of days; a day that is of the other sort keeps its nature: working on a weekend day means making up. */
export function withSpan(days: string, year: number, [from, to]: [string, string], kind: 'free' | 'work'): string {
  const letters = days.split('');
  for (const day of monthsOf(year).flat()) {
    if (day.date < from || day.date > to) continue;
    const isWeekend = day.weekday >= 5;
    letters[day.index] = kind === 'free' ? 'h' : isWeekend ? 'm' : 'w';
  }
  return letters.join('');
}

/** Days that are another kind than before. */
export function changedDays(before: string, after: string, year: number): Day[] {
  return monthsOf(year).flat().filter((day) => before[day.index] !== after[day.index]);
}

/** What ends at once before what only moves, else in its order. */
export function pastFirst<M extends { is_past: boolean }>(moved: M[]): M[] {
  return [...moved.filter((one) => one.is_past), ...moved.filter((one) => !one.is_past)];
}

export function countOf(days: string, kinds: string): number {
  return [...days].filter((kind) => kinds.includes(kind)).length;
}
