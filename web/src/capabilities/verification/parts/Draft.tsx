/** What the organisation says of itself: a form while it may be changed, else what is on record. */

import { App, Button } from 'antd';
import { useState, type FormEvent } from 'react';
import * as calls from '@/api/calls';
import type { ApplicantForm, CaseView, Verification } from '@/api/types';
import { Card, Facts } from '@/kit/Facts';
import { useText } from '@/kit/text';
import { ApplicantFields, SubjectChoice } from './ApplicantFields';
import { differing, FIELDS, fieldsOf, labelOf } from './fields';
import { useRefusal } from './useRefusal';

type Props = {
  about: Verification;
  /** What is typed and not saved yet; null when nothing is. */
  typed: ApplicantForm | null;
  onType: (form: ApplicantForm | null) => void;
  onSaved: (view: CaseView) => void;
};

export function Draft({ about, typed, onType, onSaved }: Props) {
  const { t } = useText();
  const { message } = App.useApp();
  const form = typed ?? about.draft;
  const [isSending, setSending] = useState(false);
  const { refuse, at, failure } = useRefusal(form.subject);
  const change = (next: ApplicantForm) => onType(differing(next, about.draft).length === 0 ? null : next);
  const save = async () => {
    setSending(true);
    refuse(null);
    try {
      onSaved(await calls.saveApplicant(form));
      void message.success(t('verification.saved'));
    } catch (error) {
      refuse(error);
    }
    setSending(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };
  return (
    <Card title={t('verification.form')}>
      <form onSubmit={submit} noValidate>
        <SubjectChoice prefix="draft" value={form.subject} onChange={(subject) => change({ ...form, subject })} />
        <ApplicantFields
          prefix="draft" fields={fieldsOf(form.subject, FIELDS)} form={form} onChange={change} errorAt={at} mend={about.mend}
          changed={about.approved ? differing(form, about.approved) : []}
        />
        {failure && <p className="form-failure" role="alert">{failure}</p>}
        <p className="line wrap">
          <Button type={typed ? 'primary' : 'default'} htmlType="submit" disabled={!typed} loading={isSending}>{t('verification.save')}</Button>
          {typed && <Button onClick={() => onType(null)}>{t('verification.discard')}</Button>}
          {typed && <small className="soon">{t('verification.unsaved')}</small>}
        </p>
      </form>
    </Card>
  );
}

/** What is under review, or what was approved last. */
export function OnRecord({ about }: { about: Verification }) {
  const texts = useText();
  const form = about.submitted ?? about.approved ?? about.draft;
  return (
    <Card title={texts.t('verification.form')} className="on-record">
      <Facts
        items={[
          [texts.t('verification.subject'), texts.word('subject', form.subject)],
          ...fieldsOf(form.subject, FIELDS).map((field): [string, string] => [labelOf(texts, form.subject, field), form[field]]),
        ]}
      />
    </Card>
  );
}
