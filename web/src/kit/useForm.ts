/** Drafts, faults and sending of one form; a problem of the server lands at its field. */

import { useState } from 'react';
import { fieldOf, problemOf, type Problem } from '@/api/problem';
import type { FormField } from '@/api/types';
import { readForm, type Drafts, type Fault } from './formInput';
import { problemText, useText, type T, wordOf } from './text';

function faultText(t: T, fault: Fault, name: string): string {
  if (fault === 'bad_money') return t('kit.bad_money');
  return fault === 'bad_int' ? t('kit.bad_int') : t('kit.required', { field: wordOf(t, 'field', name) });
}

export type Form = {
  drafts: Drafts;
  setDrafts: (drafts: Drafts) => void;
  errors: Record<string, string>;
  /** What is wrong with the whole. */
  failure: string;
  isSending: boolean;
  submit: () => Promise<void>;
};

type Options = {
  form: FormField[];
  initial?: Drafts;
  send: (input: Record<string, unknown>) => Promise<void>;
  /** May give a text of its own for a problem. */
  onProblem?: (problem: Problem) => Promise<string | null>;
};

export function useForm({ form, initial = {}, send, onProblem }: Options): Form {
  const { t } = useText();
  const [drafts, setDrafts] = useState<Drafts>(initial);
  // Faults, not texts: the reader may change the language while the form is open.
  const [faults, setFaults] = useState<Record<string, Fault | { text: string }>>({});
  const errors = Object.fromEntries(Object.entries(faults).map(([name, fault]) => [name, typeof fault === 'string' ? faultText(t, fault, name) : fault.text]));
  const [failure, setFailure] = useState('');
  const [isSending, setSending] = useState(false);
  const refused = async (error: unknown) => {
    const problem = problemOf(error);
    const field = fieldOf(problem, form.map((f) => f.name));
    const text = problemText(t, problem);
    if (field === null) setFailure((await onProblem?.(problem)) ?? text);
    else setFaults({ [field]: { text } });
  };
  const submit = async () => {
    const read = readForm(form, drafts);
    setFailure('');
    setFaults(read.faults);
    if (Object.keys(read.faults).length > 0) return;
    setSending(true);
    await send(read.input).catch(refused);
    setSending(false);
  };
  return { drafts, setDrafts, errors, failure, isSending, submit };
}
