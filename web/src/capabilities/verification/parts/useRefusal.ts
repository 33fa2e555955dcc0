import { useState } from 'react';
import { fieldOf, problemOf, type Problem } from '@/api/problem';
import type { Subject } from '@/api/types';
import { problemText, useText } from '@/kit/text';
import { FIELDS, labelOf } from './fields';

const NAMES = [...FIELDS, 'password', 'agreements'];

/** What the server refused of an applicant's form: at its field, or of the whole. */
export function useRefusal(subject: Subject) {
  const texts = useText();
  const [problem, setProblem] = useState<Problem | null>(null);
  const field = problem && fieldOf(problem, NAMES);
  const text = () => {
    if (problem === null) return '';
    // The server names fields by their words of the API.
    if (problem.code === 'verification.bad_input' && field) return texts.t('verification.check_field', { field: labelOf(texts, subject, field) });
    if (problem.code === 'verification.no_consent') return texts.t('verification.consent_needed');
    return problemText(texts.t, problem);
  };
  return {
    refuse: (error: unknown) => setProblem(error === null ? null : problemOf(error)),
    at: (name: string) => (field === name ? text() : ''),
    failure: problem && field === null ? text() : '',
  };
}
