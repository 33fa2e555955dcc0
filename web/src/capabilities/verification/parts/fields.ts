/** What an applicant fills in, and how a review compares it with the papers. */

import type { ApplicantForm, Subject } from '@/api/types';
import type { Texts } from '@/kit/text';

export const FIELDS = ['name', 'code', 'legal_person', 'contact', 'phone', 'email', 'address', 'bank_account'] as const;
export type FieldName = (typeof FIELDS)[number];

/** What a reviewer reads from the papers. */
export const READ = ['name', 'code', 'legal_person'] as const;
export type ReadName = (typeof READ)[number];

/** A review is possible without them. */
export const OPTIONAL: readonly FieldName[] = ['address', 'bank_account'];

export const EMPTY: ApplicantForm = {
  subject: 'enterprise', name: '', code: '', legal_person: '', address: '', contact: '', phone: '', email: '', bank_account: '',
};

/** A person stands for themselves. */
export function fieldsOf<F extends FieldName>(subject: Subject, fields: readonly F[]): F[] {
  return fields.filter((field) => field !== 'legal_person' || subject === 'enterprise');
}

/** The word for a field or a paper: names and numbers are called differently for persons and for enterprises. */
export function labelOf({ word }: Texts, subject: Subject, field: string): string {
  return word(field === 'name' || field === 'code' ? subject : 'applicant', field);
}

/** Papers that the subject needs first, then the others. */
export function papersOf(subject: Subject): string[] {
  return subject === 'enterprise' ? ['business_licence', 'tax_registration', 'other'] : ['identity_card', 'other'];
}

const plain = (text: string) => text.replace(/\s/g, '').replace(/\uff08/g, '(').replace(/\uff09/g, ')');

/** Whether what was read is what was typed in; blanks, dashes in numbers and the width of brackets do not count. The server decides. */
export function isSame(field: ReadName, read: string, claimed: string): boolean {
  if (field === 'code') return read.replace(/[\s-]/g, '').toUpperCase() === claimed;
  return plain(read) === plain(claimed);
}

/** Fields in which two forms are not the same. */
export function differing(a: ApplicantForm, b: ApplicantForm): (FieldName | 'subject')[] {
  return (['subject', ...FIELDS] as const).filter((field) => a[field] !== b[field]);
}
