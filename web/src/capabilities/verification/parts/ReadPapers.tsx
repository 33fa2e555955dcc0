/** Two pairs of eyes: the reviewer types what the papers say, and nothing is approved unless it is what the applicant typed. */

import { App, Button, Input } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import * as calls from '@/api/calls';
import { fieldOf, problemOf } from '@/api/problem';
import type { Act, ApplicantForm, CaseView } from '@/api/types';
import { ActDialog } from '@/kit/ActBar';
import { Card } from '@/kit/Facts';
import { problemText, useText, type Texts } from '@/kit/text';
import { fieldsOf, isSame, labelOf, READ, type ReadName } from './fields';

const DIFFERS = 'verification.differs';
/** Ways to have a field mended, the milder first. */
const MENDING = ['request_more', 'reject'];

type Props = { view: CaseView; approve: Act; claimed: ApplicantForm; onDone: () => void };
type Refusal = { field: ReadName | null; text: string } | null;

function refusalOf(texts: Texts, form: ApplicantForm, error: unknown): Refusal {
  const problem = problemOf(error);
  const field = fieldOf(problem, READ) as ReadName | null;
  if (problem.code !== DIFFERS || field === null) return { field, text: problemText(texts.t, problem) };
  return { field, text: texts.t('verification.differs', { field: labelOf(texts, form.subject, field) }) };
}

export function ReadPapers({ view, approve, claimed, onDone }: Props) {
  const texts = useText();
  const { t, say } = texts;
  const { message } = App.useApp();
  const client = useQueryClient();
  const [read, setRead] = useState<Record<ReadName, string>>({ name: '', code: '', legal_person: '' });
  const [refusal, setRefusal] = useState<Refusal>(null);
  const [isSending, setSending] = useState(false);
  const [asked, setAsked] = useState<{ act: Act; field: ReadName } | null>(null);
  const mending = MENDING.map((event) => view.acts.find((one) => one.event === event && one.enabled)).find((one) => one !== undefined);
  const send = async () => {
    setSending(true);
    setRefusal(null);
    try {
      const answer = await calls.act(view.id, { event: approve.event, version: view.version, input: read });
      client.setQueryData(['case', view.id], answer);
      void client.invalidateQueries();
      void message.success(t('kit.done_act', { act: say(approve.label) }));
      onDone();
    } catch (error) {
      setRefusal(refusalOf(texts, claimed, error));
      void client.invalidateQueries({ queryKey: ['case', view.id] });
    }
    setSending(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  return (
    <Card title={t('verification.read')}>
      <p className="muted">{t('verification.read_hint')}</p>
      <form onSubmit={submit} noValidate>
        {fieldsOf(claimed.subject, READ).map((field) => (
          <ReadField
            key={field} field={field} value={read[field]} claimed={claimed} mending={mending} refused={refusal?.field === field ? refusal.text : ''}
            onAsk={(act) => setAsked({ act, field })} onChange={(value) => setRead({ ...read, [field]: value })}
          />
        ))}
        {refusal && refusal.field === null && <p className="form-failure" role="alert">{refusal.text}</p>}
        <p className="line wrap">
          <Button type="primary" htmlType="submit" loading={isSending} disabled={!approve.enabled}>{say(approve.label)}</Button>
          <span className="muted">{say(approve.consequence)}</span>
        </p>
      </form>
      {asked && <ActDialog act={asked.act} view={view} context={{}} initial={{ fields: [asked.field] }} onClose={() => setAsked(null)} />}
    </Card>
  );
}

type FieldProps = {
  field: ReadName; value: string; claimed: ApplicantForm; mending?: Act; refused: string; onAsk: (act: Act) => void; onChange: (value: string) => void;
};

function ReadField({ field, value, claimed, mending, refused, onAsk, onChange }: FieldProps) {
  const texts = useText();
  const { t, say } = texts;
  // Nobody is told of a mistake before they have finished typing.
  const [isLeft, setLeft] = useState(false);
  const id = `read-${field}`;
  const isTyped = value.trim() !== '';
  const isEqual = isTyped && isSame(field, value, claimed[field]);
  const other = refused || (isTyped && isLeft && !isEqual ? t('verification.not_yet_same') : '');
  return (
    <div className="field read-field">
      <label htmlFor={id}>{labelOf(texts, claimed.subject, field)}<span className="claimed-value">{t('verification.claimed', { value: claimed[field] })}</span></label>
      <Input
        id={id} value={value} autoComplete="off" spellCheck={false} aria-describedby={`${id}-help`} aria-invalid={refused !== ''} status={refused ? 'error' : ''}
        onBlur={() => setLeft(true)} onFocus={() => setLeft(false)} onChange={(event) => onChange(event.target.value)}
      />
      <small id={`${id}-help`} className={isEqual && !refused ? 'same' : 'bad'} role={refused ? 'alert' : undefined}>
        {isEqual && !refused ? t('verification.same') : other}
      </small>
      {refused && mending && (
        <Button size="small" onClick={() => onAsk(mending)}>{t('verification.ask_to_mend', { act: say(mending.label), field: labelOf(texts, claimed.subject, field) })}</Button>
      )}
    </div>
  );
}
