import { expect, test } from 'vitest';
import { remain } from './remain';

const HOUR = 3_600_000;

test('more than six hours are calm, fewer are soon, none are past', () => {
  expect(remain(6 * HOUR, 0).tone).toBe('calm');
  expect(remain(6 * HOUR - 1, 0).tone).toBe('soon');
  expect(remain(1, 0).tone).toBe('soon');
  expect(remain(0, 0).tone).toBe('past');
});

test('days stand before the clock and seconds are never rounded up', () => {
  expect(remain(50 * HOUR + 61_999, 0)).toEqual({ tone: 'calm', days: 2, clock: '02:01:01' });
  expect(remain(999, 0).clock).toBe('00:00:00');
});

test('what is past says for how long', () => {
  expect(remain(0, 26 * HOUR + 5_000)).toEqual({ tone: 'past', days: 1, clock: '02:00:05' });
});
