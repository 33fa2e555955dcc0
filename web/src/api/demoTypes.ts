/** What only demo servers tell. */

import type { CaseSummary, Label, Party } from './types';

export type DemoClock = { now: string; rate: number; next_due?: string | null };

/** A story of the demo's tour: who lives it, and the case that is open for it now, if there is one. */
export type TourStory = {
  story: 'decide' | 'silence' | 'refusal' | 'replay' | 'phone';
  login: string;
  password: string;
  name: string;
  party: Party;
  org: string | null;
  path: string | null;
  case: CaseSummary | null;
};

/** A parcel of a demo market and what its carrier may report next, the usual scan first. */
export type DemoParcel = {
  direction: string;
  carrier: string;
  carrier_name: Label;
  waybill: string;
  announced_at: string;
  last_scan?: string | null;
  last_scan_at?: string | null;
  offered: string[];
  case: CaseSummary;
};
