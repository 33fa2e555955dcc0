import { expect, test } from 'vitest';
import { changedDays, countOf, monthsOf, nextKind, pastFirst, withSpan } from './days';

const plain = (year: number) => monthsOf(year).flat().map((day) => (day.weekday >= 5 ? 'e' : 'w')).join('');

test('a year has its days in its months', () => {
  expect(monthsOf(2028).map((month) => month.length)).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  expect(monthsOf(2026)[0]?.[0]).toEqual({ index: 0, date: '2026-01-01', day: 1, weekday: 3 });
  expect(monthsOf(2026)[11]?.at(-1)).toEqual({ index: 364, date: '2026-12-31', day: 31, weekday: 3 });
});

test('a click goes round the kinds that such a day can be', () => {
  expect([nextKind('w', 0), nextKind('h', 4)]).toEqual(['h', 'w']);
  expect([nextKind('e', 5), nextKind('m', 5), nextKind('h', 6)]).toEqual(['m', 'h', 'e']);
});

test('a span off is a holiday, a span worked makes up on weekends', () => {
  const before = plain(2026);
  const off = withSpan(before, 2026, ['2026-10-01', '2026-10-07'], 'free');
  expect(changedDays(before, off, 2026).map((day) => day.date)).toHaveLength(7);
  expect(countOf(off, 'h')).toBe(7);
  const worked = withSpan(off, 2026, ['2026-10-10', '2026-10-10'], 'work');
  expect(changedDays(off, worked, 2026).map((day) => worked[day.index])).toEqual(['m']);
  expect(withSpan(worked, 2026, ['2026-10-10', '2026-10-12'], 'work')).toBe(withSpan(worked, 2026, ['2026-10-11', '2026-10-11'], 'work'));
  expect(withSpan(before, 2026, ['2026-02-02', '2026-02-01'], 'free')).toBe(before);
});

test('deadlines that end at once are shown first, whichever page told of them', () => {
  const moved = [{ n: 1, is_past: false }, { n: 2, is_past: false }, { n: 3, is_past: true }, { n: 4, is_past: true }];
  expect(pastFirst(moved).map((one) => one.n)).toEqual([3, 4, 1, 2]);
});
