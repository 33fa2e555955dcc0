import { expect, test } from 'vitest';
import { fieldOf, isOwn, Problem, problemOf, UNREACHABLE } from './problem';

const problem = (field: string | null) => new Problem({ code: 'aftersales.bad_input', detail: 'no', field, status: 422 }, 422);

test('a problem finds its field below input, in a list, or nowhere', () => {
  expect(fieldOf(problem('input/reason'), ['reason'])).toBe('reason');
  expect(fieldOf(problem('input/lines/0/quantity'), ['lines'])).toBe('lines');
  expect(fieldOf(problem('note'), ['reason', 'note'])).toBe('note');
  expect(fieldOf(problem('input/other'), ['reason'])).toBeNull();
  expect(fieldOf(problem(null), ['reason'])).toBeNull();
});

test('the text of a problem is the server\'s own sentence', () => {
  expect(problem('x').message).toBe('no');
  expect(new Problem({ title: 'Conflict' }, 409).isConflict).toBe(true);
});

test('anything thrown becomes a problem of our own', () => {
  const own = problemOf(new TypeError('boom'));
  expect(own.code).toBe(UNREACHABLE);
  expect(isOwn(own)).toBe(true);
  expect(problemOf(problem('x')).code).toBe('aftersales.bad_input');
});
