import { expect, test } from 'vitest';
import type { ImportPreview, ImportSource } from '@/api/types';
import { choiceOf, DEFAULTS, draftOf, exampleOf, firstSource, fits, givenOf, isNeeded, lacking, withGiven } from './mapping';

const source = (id: string, ...headers: string[]): ImportSource => ({
  id, name: id, shop: 's', settings: { ...DEFAULTS, columns: Object.fromEntries(headers.map((column) => [column, { column }])) },
});

test('a source fits a file that has all of its columns; constants need none', () => {
  const given = source('a', 'no', 'sku');
  given.settings.columns.currency = { constant: 'CNY' };
  expect([fits(given, ['no', 'sku', 'x']), fits(given, ['no'])]).toEqual([true, false]);
});

test('the source asked for comes first, else the one that explains most of the file', () => {
  const sources = [source('few', 'no'), source('many', 'no', 'sku'), source('other', 'nr')];
  const first = (asked: string | null) => firstSource(sources, ['no', 'sku'], asked)?.id;
  expect([first(null), first('other'), first('gone')]).toEqual(['many', 'other', 'many']);
  expect(firstSource([source('other', 'nr')], ['no'], null)).toBeNull();
});

test('a choice and what it stands for are told apart from headers that look like choices', () => {
  for (const given of [{ column: '=' }, { column: '' }, { column: 'no' }]) expect(givenOf(choiceOf(given))).toEqual(given);
  expect([choiceOf(undefined), givenOf(''), givenOf('=')]).toEqual(['', null, { constant: '' }]);
});

test('changing a column leaves the draft before as it was', () => {
  const before = draftOf(source('a', 'no'));
  const after = withGiven(before, 'no', null);
  expect([Object.keys(before.settings.columns), Object.keys(after.settings.columns)]).toEqual([['no'], []]);
});

test('an example is the first cell that is not blank', () => {
  const cells = [[' ', 'b'], ['a', '']];
  const preview = { headers: ['x', 'y'], rows: cells.map((row, line) => ({ line, cells: row, broken: null })) } as unknown as ImportPreview;
  expect([exampleOf(preview, { column: 'x' }), exampleOf(preview, { column: 'z' }), exampleOf(preview, { constant: 'c' })]).toEqual(['a', '', '']);
});

test('everything that is missing is told at once; of a price and an amount one is enough, and one number for all orders is none', () => {
  const settings = (...targets: string[]) => ({ ...DEFAULTS, columns: Object.fromEntries(targets.map((column) => [column, { column }])) });
  expect(lacking(settings())).toHaveLength(5);
  expect(lacking(settings('title', 'quantity', 'line_amount'))).toEqual([['order_no'], ['placed_at', 'paid_at']]);
  expect(lacking(settings('order_no', 'sku', 'quantity', 'unit_price', 'paid_at'))).toEqual([]);
  const constant = { ...DEFAULTS, columns: { ...settings('sku', 'quantity', 'unit_price', 'paid_at').columns, order_no: { constant: '1' } } };
  expect(lacking(constant)).toEqual([['order_no']]);
  expect([isNeeded('quantity'), isNeeded('sku')]).toEqual([true, false]);
});
