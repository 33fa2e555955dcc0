/** The operation log as the server shows it. */

import type { Label } from './types';

export type Word = { word: string; label: Label };

export type Change = { field: string; label: Label; before: Word[]; after: Word[]; is_changed: boolean };

export type Operation = {
  id: string;
  at: string;
  recorded_at: string;
  kind: string;
  label: Label;
  /** Nobody's id and name where who it was is not for the reader. */
  who: { party: string; id: string | null; name: string | null; label: Label | null };
  objects: { kind: string; id: string; label: Label; path: string | null }[];
  address: string | null;
  changes: Change[];
  facts: { field: string; label: Label; words: Word[] }[];
};

export type OperationPage = { items: Operation[]; next: string | null; searched_to: string | null };

export type OperationKinds = { items: { group: string; label: Label; kinds: { kind: string; label: Label }[] }[] };

export type Difference = 'changed' | 'missing' | 'inserted' | 'reordered' | 'cut' | 'block' | 'unplaced';

/** A check of the record's hash chain; it ends when it has looked at all that was there when it was asked for. */
export type ChainCheck = {
  id: string;
  asked_by: string;
  asked_at: string;
  ended_at: string | null;
  done: number;
  total: number;
  blocks: number;
  unsealed: number;
  hash: string | null;
  broken: number;
  first: { what: Difference; seq: number; event: string | null } | null;
};
