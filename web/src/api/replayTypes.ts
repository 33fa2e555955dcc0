/** Shapes of replays and of the differences of packs. */

import type { Label, Party, Rule } from './types';

/** A replay of the history under another pack; the report is there when it is done. */
export type Replay = {
  id: string;
  pack: string;
  since_at: string;
  until_at?: string | null;
  shop_id?: string | null;
  asked_at: string;
  ended_at?: string | null;
  state: 'waiting' | 'running' | 'done' | 'failed';
  families_done: number;
  families_all: number;
  problem?: string | null;
  /** Names of the shops that are named, as far as the reader may see them. */
  shops: Record<string, string>;
  report?: ReplayReport | null;
};
/** Of few values only their number and range; reports of earlier versions have no number. */
export type Quantiles = { count?: number; min: number; p5?: number | null; p50?: number | null; p95?: number | null; max: number };
export type ReplayTotals = {
  cases: number; same: number; end: number; way: number; time: number; money: number; uncertain: number;
  silent: [number, number]; later_ms?: Quantiles | null;
};
export type ReplayWords = { kind: Label; states: Record<string, Label>; events: Record<string, Label>; rules: Record<string, Rule> };
export type ReplayChanged = {
  case: string; kind: string; shop?: string | null; order?: string | null; number?: string | null; sorts: string[]; old_state: string; new_state: string; old_end?: string | null; new_end?: string | null;
  old_due?: string | null; new_due?: string | null; is_uncertain: boolean;
};
export type ReplayReport = {
  kinds: Record<string, ReplayTotals>;
  /** How many compared cases ran under each pack. */
  packs?: Record<string, number>;
  money: Record<string, Record<string, { before: number; after: number }>>;
  rules: Record<string, number>;
  words: Record<string, ReplayWords>;
  changed: ReplayChanged[];
  imported: number;
  not_reproduced: number;
};
export type Course = {
  steps: { at: string; event: string; party: Party; to: string; rule?: string | null }[];
  state: string;
  closed_at?: string | null;
  dropped: { at: string; event: string; why: string }[];
  pending: { clock: string; event: string; due_at?: string | null; rule?: string | null }[];
  uncertain: string[];
};
export type CaseCourses = { case: string; untold?: string | null; old: Course; new: Course; words: ReplayWords };
export type PackDifference = { kind: string; state?: string | null; topic: string; name: string; place: Label; text: Label; rules: string[] };
export type PackDifferences = { from: string; to: string; differences: PackDifference[]; rules: Record<string, Rule> };
