/** The own organisation's verification: where it stands, what silence does, what is still to be done. */

import { Button } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import * as calls from '@/api/calls';
import { Problem } from '@/api/problem';
import type { ApplicantForm, CaseView, Verification } from '@/api/types';
import { useSession } from '@/app/session';
import { ActBar } from '@/kit/ActBar';
import { At } from '@/kit/At';
import { CaseHead } from '@/kit/CaseHead';
import { CaseTimeline } from '@/kit/CaseTimeline';
import { Card, Facts } from '@/kit/Facts';
import { Empty, Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { Draft, OnRecord } from '../parts/Draft';
import { labelOf } from '../parts/fields';
import { Papers } from '../parts/Papers';
import '../verification.css';

const NONE = 'verification.no_verification';

export function MyVerification() {
  const { t } = useText();
  const query = useQuery({ queryKey: ['verification'], queryFn: calls.verification });
  if (query.error instanceof Problem && query.error.code === NONE) {
    return <Empty title={t('verification.none')} hint={t('verification.none_hint')} />;
  }
  return <Loaded query={query}>{(first) => <Followed first={first} />}</Loaded>;
}

/** The case as the live channel keeps it. */
function Followed({ first }: { first: CaseView }) {
  const { data: view } = useQuery({ queryKey: ['case', first.id], queryFn: () => calls.caseView(first.id), initialData: first });
  useStanding(view.verification?.standing ?? null);
  return view.verification ? <Body view={view} about={view.verification} /> : null;
}

/** Another standing opens or closes the rest of the console. */
function useStanding(standing: string | null) {
  const client = useQueryClient();
  const known = useSession()?.standing ?? null;
  useEffect(() => {
    if (standing !== null && standing !== known) void client.invalidateQueries({ queryKey: ['session'] });
  }, [client, standing, known]);
}

function Body({ view, about }: { view: CaseView; about: Verification }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const [typed, setTyped] = useState<ApplicantForm | null>(null);
  useWarning(typed !== null);
  const keep = (next: CaseView) => client.setQueryData(['case', next.id], next);
  const saved = (next: CaseView) => {
    keep(next);
    setTyped(null);
  };
  return (
    <div className="case-page verification-page">
      <CaseHead
        view={view} title={<>{t('verification.mine')} <small className="muted">{view.title}</small></>}
        extra={<span className="pill" data-standing={about.standing}>{word('standing', about.standing)}</span>}
      />
      <p className="standing-text muted">{word('standing_text', about.standing)}</p>
      <div className="columns">
        <div className="main-column">
          <Told about={about} />
          {about.may_edit ? <Draft about={about} typed={typed} onType={setTyped} onSaved={saved} /> : <OnRecord about={about} />}
          <Papers about={about} onChange={keep} />
        </div>
        <div className="side-column">
          <Card title={t('verification.next')}>
            {about.may_edit && <Lacking about={about} isDue={view.acts.some((act) => HANDING_IN.includes(act.event))} />}
            {typed ? <p className="soon">{t('verification.save_first')}</p> : <ActBar view={view} context={{}} />}
          </Card>
          <Card title={t('verification.agreements')}><Consents view={view} about={about} /></Card>
          <Card title={t('aftersales.history')}><CaseTimeline view={view} /></Card>
        </div>
      </div>
    </div>
  );
}

/** Typed and not saved: the browser asks before the page goes. */
function useWarning(isOn: boolean) {
  useEffect(() => {
    if (!isOn) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isOn]);
}

/** What the reviewer said, with links to the fields. */
function Told({ about }: { about: Verification }) {
  const texts = useText();
  if (!about.reason) return null;
  const go = (field: string) => {
    const place = document.getElementById(`draft-${field}`) ?? document.getElementById(`paper-${field}`);
    place?.focus();
    place?.scrollIntoView({ block: 'center' });
  };
  return (
    <section className="card told-reason" aria-label={texts.t('verification.told')}>
      <h2>{texts.t('verification.told')}</h2>
      <p>{about.reason}</p>
      {about.mend.length > 0 && about.may_edit && (
        <p className="line wrap">
          {texts.t('verification.mend_these')}
          {about.mend.map((field) => <Button key={field} size="small" onClick={() => go(field)}>{labelOf(texts, about.draft.subject, field)}</Button>)}
        </p>
      )}
    </section>
  );
}

/** Acts that hand in what is asked for; without one, whoever is complete has nothing to do. */
const HANDING_IN = ['submit', 'resubmit', 'documents', 'changed'];

function Lacking({ about, isDue }: { about: Verification; isDue: boolean }) {
  const texts = useText();
  if (about.lacking.length === 0) return isDue && <p className="all-there">{texts.t('verification.complete')}</p>;
  return (
    <>
      <p className="muted">{texts.t('verification.lacking')}</p>
      <ul className="lacking">{about.lacking.map((what) => <li key={what}>{labelOf(texts, about.draft.subject, what)}</li>)}</ul>
    </>
  );
}

function Consents({ view, about }: { view: CaseView; about: Verification }) {
  const { t, word } = useText();
  return (
    <Facts
      items={[
        ...about.consents.map((one): [string, string] => [word('agreement', one.agreement), t('verification.version', { version: one.version })]),
        [t('verification.consented'), <At key="at" at={view.opened_at} />],
      ]}
    />
  );
}
