/** A verification under review: the papers beside what was typed in. */

import { App, Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate, useNavigate } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { CaseView, Verification } from '@/api/types';
import { useSession } from '@/app/session';
import { ActBar } from '@/kit/ActBar';
import { At } from '@/kit/At';
import { CaseHead } from '@/kit/CaseHead';
import { CaseTimeline } from '@/kit/CaseTimeline';
import { Card } from '@/kit/Facts';
import { useHotkeys } from '@/kit/hotkeys';
import { caseLink } from '@/kit/links';
import { Empty, Loaded } from '@/kit/PageState';
import { can } from '@/kit/Perm';
import { useText } from '@/kit/text';
import { Claimed } from '../parts/Claimed';
import { ReadPapers } from '../parts/ReadPapers';
import { ReviewPapers } from '../parts/ReviewPapers';
import '../verification.css';

const route = getRouteApi('/verifications/$id');

/** Applicants have one verification, and a page of their own for it. */
export function ReviewPage() {
  const { id } = route.useParams();
  const isApplicant = can(useSession(), 'verification.apply');
  const query = useQuery({ queryKey: ['case', id], queryFn: () => calls.caseView(id), enabled: !isApplicant });
  const { t } = useText();
  if (isApplicant) return <Navigate to="/verification" replace />;
  return (
    <Loaded query={query}>
      {(view) => (view.verification
        ? <Review key={id} view={view} about={view.verification} />
        : <Empty title={t('kit.forbidden')} hint={t('kit.forbidden_hint')} />)}
    </Loaded>
  );
}

/** The way to what waits next. */
function useNext(id: string) {
  const { t } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  return async () => {
    const { items } = await calls.verifications({ limit: 2 });
    const next = items.find((item) => item.id !== id);
    if (next) await navigate(caseLink(next));
    else void message.info(t('verification.nothing_waits'));
  };
}

function Review({ view, about }: { view: CaseView; about: Verification }) {
  const { t, say, word } = useText();
  const next = useNext(view.id);
  useHotkeys({ n: () => void next() });
  const approve = view.acts.find((act) => act.event === 'approve');
  const extra = (
    <>
      {about.is_first && <span className="pill refused">{t('verification.first')}</span>}
      <span className="pill" data-standing={about.standing}>{word('standing', about.standing)}</span>
      <Button size="small" onClick={() => void next()} title="n">{t('verification.next_one')}</Button>
    </>
  );
  return (
    <div className="case-page verification-page">
      <CaseHead view={view} title={<>{say(view.kind_label)} <small className="muted">{view.title}</small></>} extra={extra} />
      <div className="review">
        <ReviewPapers papers={about.papers} />
        <div className="review-side">
          {about.shut_out_since && <ShutOut since={about.shut_out_since} until={about.may_lift_until} />}
          <Claimed about={about} />
          {about.reason && (
            <Card title={t('verification.told')}>
              <p>{about.reason}</p>
              {about.mend.length > 0 && <p className="muted">{t('verification.mend_these')} {about.mend.map((field) => word('applicant', field)).join(', ')}</p>}
            </Card>
          )}
          {approve && about.submitted && <ReadPapers view={view} approve={approve} claimed={about.submitted} onDone={() => undefined} />}
          <Card title={t('aftersales.acts')}><ActBar view={view} context={{}} without="approve" /></Card>
          <Card title={t('aftersales.history')}><CaseTimeline view={view} /></Card>
        </div>
      </div>
    </div>
  );
}

/** Nobody of the organisation logs in, and what it takes to end that. */
function ShutOut({ since, until }: { since: string; until?: string | null }) {
  const { t } = useText();
  return (
    <Card title={t('verification.shut_out')}>
      <p className="shut-out">{t('verification.shut_out_since')} <At at={since} /></p>
      <p className="muted">{until ? <>{t('verification.lift_asked')} <At at={until} /></> : t('verification.lift_unasked')}</p>
    </Card>
  );
}
