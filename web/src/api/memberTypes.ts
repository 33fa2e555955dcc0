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

export type Permission = { word: string; label: Label };
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
