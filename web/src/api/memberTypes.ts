/** Members and roles of one's organisation, as the server shows them. */

import type { Label } from './types';

export type Member = {
  id: string;
  login: string;
  name: string;
  phone_masked: string;
  /** Name of a built-in role, or id of one that the organisation made. */
  role: string;
  role_label: Label;
  is_disabled: boolean;
  is_owner: boolean;
  has_second_factor: boolean;
  is_self: boolean;
  may_change: boolean;
  last_log_in: string | null;
  version: number;
};

export type NewMember = { login: string; name: string; phone?: string; role: string; password: string };
export type MemberChanges = { version: number; name?: string; role?: string; is_disabled?: boolean; is_owner?: boolean };

/** `is_people_only`: no key of the open API can hold it. */
export type Permission = { word: string; label: Label; is_people_only: boolean };
export type PermissionGroup = { group: string; label: Label; permissions: Permission[] };

export type Role = {
  role: string;
  label: Label;
  is_built_in: boolean;
  permissions: Permission[];
  members: number;
  may_give: boolean;
  /** Of one that the organisation made. */
  version: number | null;
};

/** A key of the open API; times are wall times. */
export type ApiKey = {
  id: string;
  name: string;
  permissions: Permission[];
  /** Last four characters of its token. */
  hint: string;
  /** Calls in a minute. */
  per_minute: number;
  made_by: string | null;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  /** A use at most ten minutes before the last one. */
  used_at: string | null;
  is_live: boolean;
};

export type NewKey = { name: string; permissions: string[]; days: number; per_minute: number };
/** The token is never shown again. */
export type MadeKey = { key: ApiKey; token: string };
