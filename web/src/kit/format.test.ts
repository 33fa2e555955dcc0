import { expect, test } from 'vitest';
import { due, fromInput, instant, minorOf, money, toInput, unitPrice } from './format';

test('money is shown in its own currency with two decimals', () => {
  expect(money(123_456, 'CNY', 'zh-CN')).toBe('¥1,234.56');
  expect(money(5, 'GBP', 'en')).toBe('£0.05');
  expect(unitPrice(12_345, 'GBP', 'en')).toBe('£1.2345');
});

test('a typed amount becomes minor units exactly, anything else is refused', () => {
  expect(minorOf('129')).toBe(12_900);
  expect(minorOf(' 0.1 ')).toBe(10);
  expect(minorOf('1.15')).toBe(115);
  for (const bad of ['', '-1', '1.234', '1,000', 'NaN', '1e3', '１']) expect(minorOf(bad)).toBeNull();
});

test('instants are shown in the time of the market', () => {
  expect(instant(Date.parse('2026-01-11T18:30:05Z'))).toBe('2026-01-12 02:30');
  expect(instant(Date.parse('2026-01-11T18:30:05Z'), { seconds: true, year: false })).toBe('01-12 02:30:05');
});

test('a due at midnight is 24:00 of the day that ends', () => {
  expect(due(Date.parse('2026-02-28T16:00:00Z'))).toBe('2026-02-28 24:00');
  expect(due(Date.parse('2026-02-28T16:00:01Z'))).toBe('2026-03-01 00:00');
});

test('the field for an instant goes there and back', () => {
  const ms = Date.parse('2026-02-14T05:05:00Z');
  expect(toInput(ms)).toBe('2026-02-14T13:05');
  expect(fromInput(toInput(ms))).toBe('2026-02-14T05:05:00.000Z');
  expect(fromInput('soon')).toBeNull();
});
