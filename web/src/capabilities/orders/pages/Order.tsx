import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { OrderView } from '@/api/types';
import { ActBar } from '@/kit/ActBar';
import { At } from '@/kit/At';
import { CaseHead } from '@/kit/CaseHead';
import { CaseTimeline } from '@/kit/CaseTimeline';
import { Card, Facts } from '@/kit/Facts';
import { caseLink } from '@/kit/links';
import { Loaded } from '@/kit/PageState';
import { Parcels } from '@/kit/Parcels';
import { Money } from '@/kit/Money';
import { State } from '@/kit/State';
import { Countdown } from '@/kit/Countdown';
import { useText } from '@/kit/text';
import { isFromElsewhere } from '../parts/elsewhere';
import { Lines } from '../parts/Lines';
import { MoneyCard } from '../parts/MoneyCard';
import { RecipientCard } from '../parts/RecipientCard';
import { RemarkCard } from '../parts/RemarkCard';

const route = getRouteApi('/orders/$id');

export function OrderPage() {
  const { id } = route.useParams();
  const query = useQuery({ queryKey: ['order', id], queryFn: () => calls.order(id) });
  return <Loaded query={query}>{(view) => <OrderBody view={view} />}</Loaded>;
}

function OrderBody({ view }: { view: OrderView }) {
  const { t, say } = useText();
  const { order } = view;
  return (
    <div className="case-page">
      <CaseHead view={view.case} title={<>{say(view.case.kind_label)} <span className="num">{order.number}</span></>} extra={<span>{order.shop_name}</span>} />
      <div className="columns">
        <div className="main-column">
          <Card title={t('orders.acts')}><ActBar view={view.case} context={{ currency: order.currency, lines: view.lines }} /></Card>
          <Card title={t('orders.lines')}><Lines lines={view.lines} currency={order.currency} /></Card>
          <Card title={t('orders.money')}><MoneyCard view={view} /></Card>
          <Card title={t('orders.history')}><CaseTimeline view={view.case} /></Card>
        </div>
        <div className="side-column">
          <RecipientCard order={order} recipient={view.recipient} />
          <RemarkCard view={view} />
          <Card title={t('orders.parcels')}><Parcels shipments={view.shipments} none={isFromElsewhere(order) ? t('orders.parcels_elsewhere') : undefined} /></Card>
          <Card title={t('orders.aftersales')}><AfterSales view={view} /></Card>
          <Card title={t('orders.about')}><About view={view} /></Card>
        </div>
      </div>
    </div>
  );
}

function About({ view }: { view: OrderView }) {
  const { t, word } = useText();
  const { order } = view;
  return (
    <Facts
      items={[
        [t('orders.placed'), <At key="a" at={order.placed_at} />],
        [t('orders.total'), <Money key="m" minor={order.total_minor} currency={order.currency} />],
        [t('orders.freight'), view.freight_minor > 0 ? <Money minor={view.freight_minor} currency={order.currency} /> : null],
        [t('orders.remark'), view.remark],
        [t('orders.source'), word('source', order.source.split(':')[0])],
        [t('orders.outside'), order.outside_no],
      ]}
    />
  );
}

function AfterSales({ view }: { view: OrderView }) {
  const { t, say } = useText();
  if (view.after_sales.length === 0) return <p className="muted">{t('orders.no_aftersales')}</p>;
  return (
    <ul className="plain-list">
      {view.after_sales.map((row) => (
        <li key={row.id} className="line">
          <Link {...caseLink(row)}>{say(row.kind_label)}</Link>
          <State label={row.state_label} isEnded={Boolean(row.closed_at)} />
          <span className="grow" />
          {row.due_at && <Countdown due={row.due_at} />}
        </li>
      ))}
    </ul>
  );
}
