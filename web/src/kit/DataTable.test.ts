import { describe, expect, it } from 'vitest';
import { ranged, toggled } from './DataTable';

const ORDER = ['a', 'b', 'c', 'd', 'e'];
const ids = (set: ReadonlySet<string>) => [...set].sort().join('');

describe('selecting rows', () => {
  it('takes a row in and out', () => {
    expect(ids(toggled(new Set(['a']), 'b'))).toBe('ab');
    expect(ids(toggled(new Set(['a', 'b']), 'b'))).toBe('a');
  });

  it('takes all rows between the last one and this one, in both directions', () => {
    expect(ids(ranged(new Set(['b']), ORDER, 'b', 'd'))).toBe('bcd');
    expect(ids(ranged(new Set(['e', 'd']), ORDER, 'd', 'b'))).toBe('bcde');
  });

  it('takes one row where the last one is not on the page', () => {
    expect(ids(ranged(new Set(), ORDER, '', 'c'))).toBe('c');
  });
});
