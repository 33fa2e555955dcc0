/** From what somebody typed to an act's input: pure, so that every kind of field is tested without a page. */

import type { FormField } from '@/api/types';
import { fromInput, minorOf } from './format';

/** What a field holds while it is typed. */
export type Draft = string | string[] | Record<string, string>;
export type Drafts = Record<string, Draft | undefined>;
export type Fault = 'required' | 'bad_money' | 'bad_int';
export type Read = { input: Record<string, unknown>; faults: Record<string, Fault> };

export const PHOTOS_MAX = 9;
export const RECIPIENT_PARTS = ['name', 'phone', 'region', 'address'] as const;

function isBlank(draft: Draft | undefined): boolean {
  if (draft === undefined) return true;
  if (typeof draft === 'string') return draft.trim() === '';
  if (Array.isArray(draft)) return draft.length === 0;
  return Object.values(draft).every((v) => v.trim() === '');
}

const positive = (text: string): number | null => (/^\s*[1-9]\d{0,8}\s*$/.test(text) ? Number(text) : null);

/** Lines are typed as quantities by line; empty ones are not asked for. */
function readLines(draft: Record<string, string>): { line: string; quantity: number }[] | null {
  const given = Object.entries(draft).filter(([, text]) => text.trim() !== '' && text.trim() !== '0');
  const lines = given.map(([line, text]) => ({ line, quantity: positive(text) ?? 0 }));
  return lines.every((l) => l.quantity > 0) ? lines : null;
}

function readOne(field: FormField, draft: Draft): unknown {
  if (Array.isArray(draft)) return draft;
  if (typeof draft !== 'string') {
    return field.kind === 'lines' ? readLines(draft) : Object.fromEntries(RECIPIENT_PARTS.map((p) => [p, (draft[p] ?? '').trim()]));
  }
  if (field.kind === 'money') return minorOf(draft);
  if (field.kind === 'int') return positive(draft);
  if (field.kind === 'instant') return fromInput(draft);
  return draft.trim();
}

/** The input for the server and what is wrong with it; blank optional fields are left out. */
export function readForm(form: readonly FormField[], drafts: Drafts): Read {
  const read: Read = { input: {}, faults: {} };
  for (const field of form) {
    const draft = drafts[field.name];
    if (draft === undefined || isBlank(draft)) {
      if (field.is_required) read.faults[field.name] = 'required';
      continue;
    }
    const value = readOne(field, draft);
    if (value === null) read.faults[field.name] = field.kind === 'money' ? 'bad_money' : 'bad_int';
    else read.input[field.name] = value;
  }
  return read;
}
