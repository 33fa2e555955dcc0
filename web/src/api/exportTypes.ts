/** Shapes of exports and of saved views. */

import type { Label } from './types';

export type FileKind = 'xlsx' | 'csv';
export type ExportWanted = { shop?: string | null; state?: string | null; q?: string | null; may_reveal?: boolean };

/** An order list on its way into a file; rows are lines of orders. */
export type ExportView = {
  id: string;
  format: FileKind;
  is_plain: boolean;
  wanted: ExportWanted;
  shop_name?: string | null;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'deleted' | 'expired';
  asked_by: string;
  is_own: boolean;
  orders_done: number;
  orders_all?: number | null;
  rows: number;
  size_bytes: number;
  failure?: Label | null;
  asked_at: string;
  ended_at?: string | null;
  expires_at?: string | null;
};

export type ViewList = 'orders' | 'aftersales';

/** The filters of a list under a name; those of colleagues come with their owner's. */
export type SavedView = {
  id: string;
  list: ViewList;
  name: string;
  filters: Record<string, string>;
  is_shared: boolean;
  version: number;
  is_own: boolean;
  owner: string;
};
