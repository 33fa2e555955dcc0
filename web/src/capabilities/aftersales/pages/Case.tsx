import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { AfterSales, CaseView } from '@/api/types';
import { ActBar } from '@/kit/ActBar';
import { At } from '@/kit/At';
import { CaseHead } from '@/kit/CaseHead';
import { CaseTimeline } from '@/kit/CaseTimeline';
import { Countdown } from '@/kit/Countdown';
import { Card, Facts } from '@/kit/Facts';
import { caseLink } from '@/kit/links';
import { Money } from '@/kit/Money';
import { Loaded } from '@/kit/PageState';
import { Parcels } from '@/kit/Parcels';
import { State } from '@/kit/State';
import { useText } from '@/kit/text';
import { Contacts } from '../parts/Contacts';
import { EvidenceCard } from '../parts/EvidenceCard';

const route = getRouteApi('/cases/$id');

export function CasePage() {
  const { id } = route.useParams();
  const query = useQuery({ queryKey: ['case', id], queryFn: () => calls.caseView(id) });
  return <Loaded query={query}>{(view) => (view.kind === 'verification' ? <Navigate {...caseLink(view)} replace /> : <CaseBody view={view} />)}</Loaded>;
}

function CaseBody({ view }: { view: CaseView }) {
  const { t, say } = useText();
  const about = view.after_sales;
  const title = <>{say(view.kind_label)} {about && <small className="muted num">{about.order_number}</small>}</>;
  return (
    <div className="case-page">
      <CaseHead view={view} title={title} />
      <div className="columns">
        <div className="main-column">
          <Card title={t('aftersales.acts')}><ActBar view={view} context={{ currency: about?.currency, lines: about ? [about.line] : [] }} /></Card>
          {about && <EvidenceCard view={view} about={about} />}
          <Card title={t('aftersales.history')}><CaseTimeline view={view} /></Card>
        </div>
        <div className="side-column">
          {about && <Application about={about} view={view} />}
          {about && about.parcels.length > 0 && <Card title={t('aftersales.parcels')}><Parcels shipments={about.parcels} /></Card>}
          {about && <Contacts view={view} about={about} />}
          <Related view={view} />
        </div>
      </div>
    </div>
  );
}

function Application({ about, view }: { about: AfterSales; view: CaseView }) {
  const { t, word } = useText();
  return (
    <Card title={t('aftersales.application')}>
      <Facts
        items={[
          [t('aftersales.order'), <Link key="o" className="num" to="/orders/$id" params={{ id: about.order_id }}>{about.order_number}</Link>],
          [t('aftersales.line'), <>{about.line.title} <span className="muted">{about.line.spec}</span></>],
          [t('aftersales.quantity'), `${about.quantity} / ${about.line.quantity}`],
          [t('aftersales.asked'), <Money key="m" minor={about.amount_minor} currency={about.currency} />],
          [t('aftersales.proposal'), about.proposal_minor != null && <Money minor={about.proposal_minor} currency={about.currency} />],
          [t('aftersales.reason'), word('reason', about.reason)],
          [t('aftersales.description'), about.description],
          [t('aftersales.goods_at'), word('goods_at', about.goods_at)],
          [t('aftersales.return_address'), about.return_address],
          [t('aftersales.opened'), <At key="t" at={view.opened_at} />],
        ].map(([name, value]) => [name as string, value === false ? null : value])}
      />
    </Card>
  );
}

/** An order is a parent too, with a page of its own. */
function Parent({ view, id }: { view: CaseView; id: string }) {
  const { t, word } = useText();
  const isOrder = id === view.order_id;
  return <Link {...caseLink({ id, kind: isOrder ? 'order' : '' })}>{isOrder ? word('kind', 'order') : t('aftersales.parent')}</Link>;
}

/** The parent and the children of a case, e.g. the refund it opened. */
function Related({ view }: { view: CaseView }) {
  const { t, say } = useText();
  if (view.children.length === 0 && !view.parent_id) return null;
  return (
    <Card title={t('aftersales.children')}>
      <ul className="plain-list">
        {view.parent_id && <li><Parent view={view} id={view.parent_id} /></li>}
        {view.children.map((child) => (
          <li key={child.id} className="line">
            <Link {...caseLink(child)}>{say(child.kind_label)}</Link>
            <State label={child.state_label} isEnded={Boolean(child.closed_at)} />
            <span className="grow" />
            {child.due_at && !child.closed_at && <Countdown due={child.due_at} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}
