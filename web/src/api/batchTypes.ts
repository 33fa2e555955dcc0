/** Shapes of batches: one act on many cases. */

import type { FormField, Label, ViewList } from './types';

export type BatchWanted = { list: ViewList; shop?: string; state?: string; q?: string; kind?: string };

/** An act that fits all of some cases; `possible` of the named ones take it now. */
export type BatchAct = {
  event: string;
  label: Label;
  consequence: Label;
  form: FormField[];
  possible?: number | null;
  why_not?: { code: string; text: string } | null;
};

export type BatchPreview = {
  kinds: string[];
  count: number;
  max: number;
  acts: BatchAct[];
  cases: { id: string; version: number }[];
  seen_at: string;
};

export type BatchAsked = {
  kind: string;
  event: string;
  input?: Record<string, unknown>;
  note?: string;
  cases?: { id: string; version: number }[];
  all?: BatchWanted;
  count?: number;
  seen_at?: string;
};

export type BatchState = 'waiting' | 'choosing' | 'running' | 'done' | 'cancelled' | 'failed';
export type BatchOutcome = 'waiting' | 'done' | 'refused' | 'cancelled';

export type BatchView = {
  id: string;
  kind: string;
  kind_label: Label;
  event: string;
  label: Label;
  consequence: Label;
  note?: string | null;
  list?: ViewList | null;
  shop?: string | null;
  shop_name?: string | null;
  wanted_state?: string | null;
  wanted_state_label?: Label | null;
  is_searched: boolean;
  again?: string | null;
  state: BatchState;
  counts: { all: number; waiting: number; done: number; refused: number; cancelled: number };
  failure?: Label | null;
  asked_at: string;
  ended_at?: string | null;
  expires_at?: string | null;
};

/** What became of one case; number and title where the reader may see it. */
export type BatchRow = {
  place: number;
  case: string;
  kind: string;
  number?: string | null;
  title?: string | null;
  outcome: BatchOutcome;
  state?: string | null;
  state_label?: Label | null;
  problem?: { code: string; text: Label } | null;
  at?: string | null;
};
