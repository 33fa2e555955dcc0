import { expect, test } from 'vitest';
import { countText } from '@/capabilities/board/pages/Board';
import { merged } from '@/capabilities/aftersales/pages/Cases';
import { caseView } from '@/fixtures';
import { counted } from '@/kit/format';
import { toggled } from '@/kit/DataTable';
import { isTyping } from '@/kit/hotkeys';
import { visited } from '@/kit/StateStrip';
import type { CaseSummary, Step } from '@/api/types';

const step = (from: string, to: string): Step => ({
  seq: 1, at: '', recorded_at: '', event: 'e', label: { zh: '', en: '' }, actor: '', party: 'buyer', from_state: from, to_state: to,
});

test('the strip shows each stay once, in order, and ends where the case is', () => {
  const steps = [step('', 'requested'), step('requested', 'requested'), step('requested', 'rejected'), step('rejected', 'requested')];
  expect(visited(caseView({ steps, state: 'requested' }))).toEqual(['requested', 'rejected', 'requested']);
  expect(visited(caseView({ steps: [], state: 'requested' }))).toEqual(['requested']);
});

test('the board counts what is past, near and far', () => {
  const row = (due_at: string | null) => ({ due_at }) as CaseSummary;
  const rows = [row('2026-01-01T00:00:00Z'), row('2026-01-01T05:59:59Z'), row('2026-01-01T06:00:00Z'), row(null)];
  expect(countText(rows, Date.parse('2026-01-01T00:00:00Z'))).toBe('1|1|2');
});

test('states of several kinds are one list with summed counts', () => {
  const state = (name: string, count: number, has_more = false) => ({ state: name, label: { zh: '', en: '' }, is_final: false, count, has_more });
  const lists = [state('a', 1000, true), state('b', 2), state('a', 3), state('b', 5)];
  expect(merged(lists).map((s) => [s.state, counted(s)])).toEqual([['a', '1003+'], ['b', '7']]);
});

test('a selection is flipped without touching the old one', () => {
  const before = new Set(['a']);
  expect([...toggled(before, 'b')]).toEqual(['a', 'b']);
  expect([...toggled(before, 'a')]).toEqual([]);
  expect([...before]).toEqual(['a']);
});

test('keys are silent while somebody types, composes or holds a modifier', () => {
  const input = document.createElement('input');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
  const key = (target: EventTarget, init: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key: 'j', ...init });
    Object.defineProperty(event, 'target', { value: target });
    return event;
  };
  expect(isTyping(key(document.body))).toBe(false);
  expect(isTyping(key(input))).toBe(true);
  expect(isTyping(key(box))).toBe(false);
  expect(isTyping(key(document.body, { ctrlKey: true }))).toBe(true);
  expect(isTyping(key(document.body, { isComposing: true }))).toBe(true);
});
