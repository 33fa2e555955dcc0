import { describe, expect, it } from 'vitest';
import type { Change, Operation } from '@/api/oplogTypes';
import type { Label } from '@/api/types';
import { brief, sides, wordText } from './changes';

const say = (label: Label | null | undefined) => label?.en ?? '';
const word = (text: string) => ({ word: text, label: { zh: text, en: text } });
const change = (before: string[], after: string[]): Change => ({
  field: 'permissions', label: { zh: '权限', en: 'Permissions' }, before: before.map(word), after: after.map(word), is_changed: before.join() !== after.join(),
});
const row = (...changes: Change[]) => ({ changes, facts: [] }) as unknown as Operation;

describe('what changed', () => {
  it('marks on either side what the other lacks', () => {
    const [before, after] = sides(change(['a', 'b'], ['b', 'c']));
    expect(before.map((one) => one.isOther)).toEqual([true, false]);
    expect(after.map((one) => one.isOther)).toEqual([false, true]);
  });

  it('is one line of the fields that are others now', () => {
    expect(brief({ say }, row(change(['a'], ['a']), change([], ['x'])))).toBe('Permissions – → x');
    expect(brief({ say }, row(change(['a', 'b', 'c'], ['a'])))).toBe('Permissions 3 → a');
    expect(brief({ say }, row())).toBe('');
  });

  it('tells instants in the market\'s time', () => {
    expect(wordText({ say }, word('2026-01-05T01:00:00Z'))).toBe('2026-01-05 09:00');
    expect(wordText({ say }, word('2026-01-05'))).toBe('2026-01-05');
  });
});
