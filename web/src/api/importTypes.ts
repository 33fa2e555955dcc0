/** Shapes of the import desk. */

import type { Label } from './types';

export type FileFormat = { kind: 'csv'; encoding: string; delimiter: string } | { kind: 'xlsx'; sheet: string };

export type ImportState = 'uploaded' | 'waiting' | 'running' | 'checked' | 'done' | 'failed';

export type ImportCounts = {
  rows: number;
  rows_bad: number;
  rows_new: number;
  rows_known: number;
  orders_new: number;
  orders_known: number;
  products_new: number;
  buyers_new: number;
  amount_minor: number;
  /** Bad rows by the code of their first problem. */
  bad: Record<string, number>;
};

export type ImportView = {
  id: string;
  file_name: string;
  size_bytes: number;
  format: FileFormat;
  row_count: number;
  has_file: boolean;
  state: ImportState;
  source: string | null;
  source_name: string | null;
  shop: string | null;
  shop_name: string | null;
  currency: string | null;
  is_dry: boolean;
  /** Orders judged; -1 while rows are read. */
  done: number;
  total: number;
  counts: ImportCounts;
  failure: { code: string; text: Label } | null;
  created_at: string;
  ended_at: string | null;
};

export type Given = { column: string } | { constant: string };

export type SourceSettings = {
  mode: 'history';
  columns: Record<string, Given>;
  zone: string;
  date_order: 'ymd' | 'dmy' | 'mdy';
  decimal_comma: boolean;
};

export type ImportSource = { id: string; name: string; shop: string; settings: SourceSettings };

export type ImportPreview = {
  format: FileFormat;
  sheets: string[];
  headers: string[];
  rows: { line: number; cells: string[]; broken: string | null }[];
  row_count: number;
  guess: Record<string, Given>;
};

export type BadRow = { line: number; problems: { column: string | null; code: string; text: Label }[]; cells: string[] };
