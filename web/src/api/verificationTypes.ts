/** Verification of organisations: what applicants say of themselves, and how they stand. */

import type { CaseSummary } from './types';

export type Standing = 'operator' | 'unverified' | 'approved' | 'changing' | 'restricted' | 'suspended' | 'frozen' | 'closing' | 'closed';
export type Subject = 'person' | 'enterprise';

/** What is not filled in yet is empty. */
export type ApplicantForm = {
  subject: Subject;
  name: string;
  code: string;
  legal_person: string;
  address: string;
  contact: string;
  phone: string;
  email: string;
  bank_account: string;
};

/** What a reviewer read from the papers. */
export type Reading = { name: string; code: string; legal_person: string };

export type Consent = { agreement: string; version: string };

export type Paper = { id: string; kind: string; media_type: string; added_at: string };

export type Verification = {
  standing: Standing | null;
  draft: ApplicantForm;
  /** Handed in last, until it is approved. */
  submitted: ApplicantForm | null;
  approved: ApplicantForm | null;
  read: Reading | null;
  approved_at: string | null;
  papers: Paper[];
  consents: Consent[];
  /** Fields, and kinds of papers. */
  lacking: string[];
  /** What the reviewer said last. */
  reason: string | null;
  mend: string[];
  is_first: boolean;
  shut_out_since?: string | null;
  may_lift_until?: string | null;
  may_edit: boolean;
};

export type VerificationListed = CaseSummary & { subject: Subject; is_first: boolean; submissions: number };
