/** Codes that forms offer; the words are in i18n/words.json. The server refuses any other. */

export const REASONS = [
  'quality', 'damaged', 'wrong_item', 'missing_parts', 'not_as_described', 'not_received', 'late', 'no_longer_wanted', 'other',
];
export const CARRIERS = ['SF', 'ZTO', 'YTO', 'STO', 'YUNDA', 'JT', 'JD', 'DPK', 'EMS', 'YZPY', 'ZJS', 'UC'];
export const CHANNELS = ['phone', 'chat', 'sms', 'email', 'visit'];
export const KINDS = ['refund_only', 'return_refund', 'exchange'];
/** What a reviewer may ask an applicant to mend: fields of the form, and papers. */
export const MENDABLE = [
  'name', 'code', 'legal_person', 'address', 'contact', 'phone', 'email', 'bank_account', 'business_licence', 'identity_card', 'tax_registration',
];
