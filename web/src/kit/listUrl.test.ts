import { expect, test } from 'vitest';
import { isSame, listName, parseSearch, stringifySearch, Trail, withCursor, withFilter } from './listUrl';

test('the search goes there and back and keeps numbers as texts', () => {
  const search = { q: '260111181322496', state: 'shipped' };
  expect(parseSearch(stringifySearch(search))).toEqual(search);
  expect(stringifySearch({ q: '', state: undefined })).toBe('');
  expect(parseSearch('?q=%E8%84%90%E6%A9%99%20a%26b')).toEqual({ q: '\u8110\u6a59 a&b' });
});

test('a new filter drops the cursor and empty filters vanish', () => {
  expect(withFilter({ state: 'shipped', after: 'x' }, { q: '1' })).toEqual({ state: 'shipped', q: '1' });
  expect(withFilter({ state: 'shipped', q: '1' }, { q: '' })).toEqual({ state: 'shipped' });
});

test('a cursor is set and taken away without touching the filters', () => {
  expect(withCursor({ q: '1' }, 'c')).toEqual({ q: '1', after: 'c' });
  expect(withCursor({ q: '1', after: 'c' }, null)).toEqual({ q: '1' });
});

test('the way back leads through the pages walked, then to the first', () => {
  const trail = new Trail();
  trail.push('orders', null);
  trail.push('orders', 'a');
  trail.push('other', 'z');
  expect(trail.pop('orders')).toBe('a');
  expect(trail.pop('orders')).toBeNull();
  expect(trail.pop('orders')).toBeNull();
  expect(trail.pop('other')).toBe('z');
});

test('a list is the same whatever the order of its filters and wherever it was left', () => {
  expect(listName('/orders', { a: '1', b: '2', after: 'x' })).toBe(listName('/orders', { b: '2', a: '1' }));
  expect(listName('/orders', { a: '1' })).not.toBe(listName('/orders', { a: '2' }));
});

test('lists are filtered alike when they have the same filters in any order', () => {
  expect(isSame({ q: '1', state: 'closed' }, { state: 'closed', q: '1' })).toBe(true);
  expect(isSame({ q: '1' }, { q: '1', state: 'closed' })).toBe(false);
  expect(isSame({ q: '1', state: 'x' }, { q: '1', shop: 'x' })).toBe(false);
  expect(isSame({}, {})).toBe(true);
});
