/** The form of an applicant: at each field a hint, or what is to be mended, or what the server refused. */

import { Input, type InputProps } from 'antd';
import type { ApplicantForm, Subject } from '@/api/types';
import { useText } from '@/kit/text';
import { labelOf, OPTIONAL, type FieldName } from './fields';

const ATTRIBUTES: Partial<Record<FieldName, InputProps>> = {
  code: { spellCheck: false, autoCapitalize: 'characters' },
  contact: { autoComplete: 'name' },
  phone: { autoComplete: 'tel', inputMode: 'tel' },
  email: { autoComplete: 'email', inputMode: 'email', spellCheck: false },
  bank_account: { inputMode: 'numeric' },
};

const HINTS = {
  enterprise_name: 'verification.hint_enterprise_name',
  enterprise_code: 'verification.hint_enterprise_code',
  enterprise_legal_person: 'verification.hint_legal_person',
  enterprise_bank_account: 'verification.hint_bank_account',
  person_name: 'verification.hint_person_name',
  person_code: 'verification.hint_person_code',
  person_bank_account: 'verification.hint_bank_account',
} as const;

const hintOf = (subject: Subject, field: FieldName) => (HINTS as Partial<Record<string, (typeof HINTS)[keyof typeof HINTS]>>)[`${subject}_${field}`];

const CHARS_MAX = 100;
const ADDRESS_CHARS_MAX = 200;

type Props = {
  prefix: string;
  fields: readonly FieldName[];
  form: ApplicantForm;
  onChange: (form: ApplicantForm) => void;
  errorAt: (field: string) => string;
  /** Fields that may stay empty here. */
  optional?: readonly FieldName[];
  /** Fields that a reviewer wants mended. */
  mend?: readonly string[];
  /** Fields that are not as they were approved. */
  changed?: readonly string[];
};

export function ApplicantFields({ prefix, fields, form, onChange, errorAt, optional = OPTIONAL, mend = [], changed = [] }: Props) {
  return (
    <div className="applicant-fields">
      {fields.map((field) => (
        <One
          key={field} id={`${prefix}-${field}`} field={field} subject={form.subject} value={form[field]} error={errorAt(field)}
          isOptional={optional.includes(field)} isToMend={mend.includes(field)} isChanged={changed.includes(field)} onChange={(value) => onChange({ ...form, [field]: value })}
        />
      ))}
    </div>
  );
}

type OneProps = {
  id: string; field: FieldName; subject: Subject; value: string; error: string; isOptional: boolean; isToMend: boolean; isChanged: boolean;
  onChange: (value: string) => void;
};

function One({ id, field, subject, value, error, isOptional, isToMend, isChanged, onChange }: OneProps) {
  const texts = useText();
  const { t } = texts;
  const hint = hintOf(subject, field);
  return (
    <div className={`field${isToMend ? ' to-mend' : ''}`}>
      <label htmlFor={id}>
        {labelOf(texts, subject, field)}{!isOptional && <span className="star" aria-hidden>*</span>}
        {isToMend && <span className="pill refused">{t('verification.to_mend')}</span>}
        {isChanged && <span className="pill">{t('verification.changed')}</span>}
      </label>
      <Input
        id={id} value={value} maxLength={field === 'address' ? ADDRESS_CHARS_MAX : CHARS_MAX} status={error ? 'error' : ''}
        aria-invalid={error !== ''} aria-describedby={`${id}-help`} onChange={(event) => onChange(event.target.value)} {...ATTRIBUTES[field]}
      />
      <small id={`${id}-help`} className={error ? 'bad' : 'muted'} role={error ? 'alert' : undefined}>{error || (hint && t(hint))}</small>
    </div>
  );
}

type SubjectProps = { prefix: string; value: Subject; onChange: (subject: Subject) => void };

export function SubjectChoice({ prefix, value, onChange }: SubjectProps) {
  const { t, word } = useText();
  return (
    <fieldset className="choices subject-choice">
      <legend>{t('verification.subject')}</legend>
      {(['enterprise', 'person'] as const).map((subject) => (
        <label key={subject}>
          <input type="radio" name={`${prefix}-subject`} value={subject} checked={value === subject} onChange={() => onChange(subject)} />
          {word('subject', subject)}
        </label>
      ))}
    </fieldset>
  );
}
