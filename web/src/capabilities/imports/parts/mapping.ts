/** What the columns of a file mean: from a source that fits, else guessed. Pure. */

import type { Given, ImportPreview, ImportSource, SourceSettings } from '@/api/types';

export const TARGETS = [
  'order_no', 'line_no', 'sku', 'title', 'quantity', 'unit_price', 'line_amount', 'currency', 'placed_at', 'paid_at', 'buyer', 'recipient_name',
  'phone', 'province', 'city', 'district', 'address', 'remark',
] as const;

/** Without these no order can be made: of each group one. */
export const NEEDED: readonly (readonly string[])[] = [['order_no'], ['sku', 'title'], ['quantity'], ['unit_price', 'line_amount'], ['placed_at', 'paid_at']];

/** Groups of which nothing is given yet; one number for all orders is none. */
export function lacking({ columns }: SourceSettings): readonly (readonly string[])[] {
  const has = (target: string) => (target === 'order_no' ? columns[target] !== undefined && 'column' in columns[target] : target in columns);
  return NEEDED.filter((group) => !group.some(has));
}

/** Whether a target is needed by itself. */
export const isNeeded = (target: string) => NEEDED.some((group) => group.length === 1 && group[0] === target);

export const DEFAULTS: Omit<SourceSettings, 'columns'> = { mode: 'history', zone: 'Asia/Shanghai', date_order: 'ymd', decimal_comma: false };

export type Draft = { source: string | null; name: string; shop: string; settings: SourceSettings };

/** Whether the file has every column that the source names. */
export function fits(source: ImportSource, headers: string[]): boolean {
  return Object.values(source.settings.columns).every((given) => !('column' in given) || headers.includes(given.column));
}

/** The source to begin with: the one asked for, else the one that fits with the most columns. */
export function firstSource(sources: ImportSource[], headers: string[], asked: string | null | undefined): ImportSource | null {
  const size = (source: ImportSource) => Object.keys(source.settings.columns).length;
  const fitting = sources.filter((source) => fits(source, headers)).sort((a, b) => size(b) - size(a));
  return sources.find((source) => source.id === asked) ?? fitting[0] ?? null;
}

export function draftOf(source: ImportSource): Draft {
  return { source: source.id, name: source.name, shop: source.shop, settings: source.settings };
}

export function newDraft(preview: ImportPreview, shop: string): Draft {
  return { source: null, name: '', shop, settings: { ...DEFAULTS, columns: preview.guess } };
}

export function withGiven(draft: Draft, target: string, given: Given | null): Draft {
  const columns = { ...draft.settings.columns };
  if (given === null) delete columns[target];
  else columns[target] = given;
  return { ...draft, settings: { ...draft.settings, columns } };
}

export const CONSTANT = '=';
export const NONE = '';

/** Value of the select of a target: `NONE`, `CONSTANT`, or `:` and a header, so that no header is taken for another choice. */
export function choiceOf(given: Given | undefined): string {
  if (!given) return NONE;
  return 'column' in given ? `:${given.column}` : CONSTANT;
}

export function givenOf(choice: string): Given | null {
  if (choice === NONE) return null;
  return choice === CONSTANT ? { constant: '' } : { column: choice.slice(1) };
}

/** What the first rows have for a target. */
export function exampleOf(preview: ImportPreview, given: Given | undefined): string {
  if (!given || !('column' in given)) return '';
  const index = preview.headers.indexOf(given.column);
  return preview.rows.map((row) => row.cells[index]?.trim() ?? '').find((cell) => cell !== '') ?? '';
}
