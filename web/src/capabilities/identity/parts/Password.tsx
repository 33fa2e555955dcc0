/** A new password; every other log-in ends with it. */

import { App, Button } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import * as calls from '@/api/calls';
import { fieldOf, problemOf } from '@/api/problem';
import { Card } from '@/kit/Facts';
import { Secret } from '@/kit/Secret';
import { problemText, useText } from '@/kit/text';

const NONE = { current: '', password: '', again: '' };
const LABELS = { current: 'identity.password_current', password: 'identity.password_new', again: 'identity.password_again' } as const;
type Field = keyof typeof LABELS;
const FIELDS = Object.keys(LABELS) as Field[];

export function Password() {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [typed, setTyped] = useState(NONE);
  const [fault, setFault] = useState<{ field: Field | null; text: string } | null>(null);
  const [isSending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    setFault(null);
    try {
      await calls.changePassword({ current: typed.current, password: typed.password });
      setTyped(NONE);
      void message.success(t('identity.password_changed'));
      await client.invalidateQueries({ queryKey: ['sessions'] });
    } catch (error) {
      const problem = problemOf(error);
      setFault({ field: fieldOf(problem, FIELDS) as Field | null, text: problemText(t, problem) });
    }
    setSending(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.password !== typed.again) setFault({ field: 'again', text: t('identity.not_the_same') });
    else void send();
  };
  return (
    <Card title={t('identity.change_password')}>
      <p className="muted">{t('identity.password_hint')}</p>
      <form onSubmit={submit}>
        {FIELDS.map((field) => (
          <div className="field" key={field}>
            <label htmlFor={`password-${field}`}>{t(LABELS[field])}</label>
            <Secret
              id={`password-${field}`} autoComplete={field === 'current' ? 'current-password' : 'new-password'} value={typed[field]}
              isInvalid={fault?.field === field} onChange={(value) => setTyped({ ...typed, [field]: value })}
            />
          </div>
        ))}
        {fault && <p className="form-failure" role="alert">{fault.text}</p>}
        <Button type="primary" htmlType="submit" loading={isSending}>{t('identity.change_password')}</Button>
      </form>
    </Card>
  );
}
