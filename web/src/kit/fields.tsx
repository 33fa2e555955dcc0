/** Fields of forms that send one change; what the server refuses stands below its field. */

import { Input } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { fieldOf, problemOf } from '@/api/problem';
import { problemText, useText } from '@/kit/text';

/** Sends a change and shows what is kept under `keys` as it is then, also where somebody else was faster. */
export function useSending<V>(send: () => Promise<V>, onDone: () => void, keys: readonly string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onSettled: () => Promise.all(keys.map((first) => client.invalidateQueries({ queryKey: [first] }))),
  });
}

/** What the server refused: at one of the fields `names`, or of the whole. */
export function useRefusal(error: unknown, names: readonly string[]): { failure: ReactNode; at: (name: string) => string } {
  const { t } = useText();
  if (!error) return { failure: null, at: () => '' };
  const problem = problemOf(error);
  const field = fieldOf(problem, names);
  const text = problemText(t, problem);
  const failure = field === null ? <p className="form-failure" role="alert">{text}</p> : null;
  return { failure, at: (name) => (name === field ? text : '') };
}

type Props = { id: string; label: string; error?: string; hint?: string; children: (common: { id: string; 'aria-invalid': boolean; 'aria-describedby': string }) => ReactNode };

export function Field({ id, label, error = '', hint, children }: Props) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': error !== '', 'aria-describedby': `${id}-help` })}
      <small id={`${id}-help`} className={error ? 'bad' : 'muted'} role={error ? 'alert' : undefined}>{error || hint}</small>
    </div>
  );
}

type TextProps = { id: string; label: string; value: string; onChange: (value: string) => void; max: number; error?: string; hint?: string; isSecret?: boolean };

export function TextField({ id, label, value, onChange, max, error, hint, isSecret = false }: TextProps) {
  return (
    <Field id={id} label={label} error={error} hint={hint}>
      {(common) => (
        <Input
          {...common} value={value} maxLength={max} status={error ? 'error' : ''} type={isSecret ? 'password' : 'text'}
          autoComplete={isSecret ? 'new-password' : 'off'} onChange={(e) => onChange(e.target.value)}
        />
      )}
    </Field>
  );
}
