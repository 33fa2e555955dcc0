/** Shapes of day tables and of what a correction would move. */

import type { Label } from './types';

export type YearListed = { year: number; is_loaded: boolean; working_days: number; edits: number; awaited_by: number };
export type CalendarListed = { region: string; version: string; years: YearListed[] };
export type CalendarYear = {
  region: string;
  year: number;
  is_loaded: boolean;
  /** One letter a day from 1 January: `w` workday, `m` make-up workday, `e` weekend, `h` holiday. */
  days: string;
  /** Newest first. */
  edits: { id: string; source: string; by?: string | null; at: string }[];
};
export type MovedDeadline = { case: string; kind: string; state: Label; clock: string; from?: string | null; to?: string | null; is_past: boolean };
export type DeadlineMoves = {
  clocks: number;
  later: number;
  earlier: number;
  past: number;
  untold: number;
  samples: MovedDeadline[];
  after?: string | null;
};
