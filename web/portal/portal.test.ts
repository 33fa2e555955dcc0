import { expect, test } from 'vitest';
import { routeOf, toApply, toCase, toOrder } from './route';
import { fill } from './text';

test('addresses below /m lead to their pages and back', () => {
  expect(routeOf('/m')).toEqual({ page: 'orders' });
  expect(routeOf(toOrder('cas_1'))).toEqual({ page: 'order', id: 'cas_1' });
  expect(routeOf(toApply('cas_1', 'row_2'))).toEqual({ page: 'apply', order: 'cas_1', line: 'row_2' });
  expect(routeOf(toCase('cas_9'))).toEqual({ page: 'case', id: 'cas_9' });
  expect(routeOf('/m/anything/else')).toEqual({ page: 'orders' });
});

test('parameters fill their places and unknown places stay', () => {
  expect(fill('{n} of {max}', { n: 1 })).toBe('1 of {max}');
});
