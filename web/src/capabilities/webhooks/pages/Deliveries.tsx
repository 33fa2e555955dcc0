/** What was sent to a webhook, and what became of it. */

import { App, Button } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { Delivery } from '@/api/webhookTypes';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { ListPage } from '@/kit/ListPage';
import { OfficeTabs } from '@/kit/OfficeTabs';
import { problemText, useText, type Texts } from '@/kit/text';
import { OneDelivery } from '../parts/OneDelivery';
import { KEY, stateOf, stateOfDelivery } from '../parts/words';
import '../webhooks.css';

const idOf = (row: Delivery) => row.id;
const isMoving = (rows: Delivery[]) => rows.some((row) => row.state === 'waiting');
/** Deliveries are kept for thirty days. */
const EVER = '2000-01-01T00:00:00Z';

export function Deliveries() {
  const texts = useText();
  const { t, lang } = texts;
  const { id } = useParams({ from: '/webhooks/$id' });
  const webhooks = useQuery({ queryKey: [KEY], queryFn: calls.webhooks });
  const webhook = webhooks.data?.items.find((one) => one.id === id);
  const [open, setOpen] = useState<Delivery | null>(null);
  const columns = useMemo(() => deliveryColumns(texts, setOpen), [lang]);
  const tabs = (['waiting', 'done', 'dead'] as const).map((value) => ({ value, label: t(`webhooks.${value}`) }));
  return (
    <div className="headed-list">
      <OfficeTabs />
      <header className="page-head">
        <p className="muted"><Link to="/webhooks">{t('webhooks.title')}</Link> › {webhook?.url} {webhook && <span className={`pill${webhook.is_enabled ? '' : ' ended'}`}>{t(stateOf(webhook))}</span>}</p>
      </header>
      <ListPage
        name={`${KEY}-${id}`} title={t('webhooks.deliveries')} filters={[]} tabs={{ param: 'state', items: tabs }} columns={columns} idOf={idOf}
        load={(query, signal) => calls.deliveries(id, query, signal)} onOpen={setOpen} isMoving={isMoving}
        tools={webhook && webhook.dead > 0 ? <AllAgain id={id} count={webhook.dead} /> : undefined}
      />
      {open && <OneDelivery webhook={id} id={open.id} onClose={() => setOpen(null)} />}
    </div>
  );
}

function AllAgain({ id, count }: { id: string; count: number }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const send = async () => {
    try {
      const again = await calls.sendAgain(id, { dead_since: EVER });
      void message.success(t('webhooks.again_done', { count: again.count }));
    } catch (error) {
      void message.error(problemText(t, problemOf(error)));
    }
    await Promise.all([KEY, `${KEY}-${id}`].map((first) => client.invalidateQueries({ queryKey: [first] })));
  };
  return <Button onClick={() => void send()}>{t('webhooks.all_again', { count })}</Button>;
}

function deliveryColumns({ t }: Texts, onOpen: (row: Delivery) => void): Column<Delivery>[] {
  return [
    { key: 'at', title: t('webhooks.made'), width: 170, cell: (row) => <At at={row.created_at} seconds /> },
    { key: 'kind', title: t('webhooks.kind'), cell: (row) => <button type="button" className="as-link" onClick={() => onOpen(row)}>{row.kind}</button> },
    { key: 'state', title: t('webhooks.state'), width: 110, cell: (row) => <span className={`pill${row.state === 'dead' ? ' ended' : ''}`}>{t(stateOfDelivery(row))}</span> },
    { key: 'tries', title: t('webhooks.tries'), width: 80, align: 'right', cell: (row) => <span className="num">{row.tries}</span> },
    { key: 'next', title: t('webhooks.next_try'), width: 170, cell: (row) => <At at={row.next_at} seconds /> },
    { key: 'ended', title: t('webhooks.ended'), width: 170, cell: (row) => <At at={row.ended_at} seconds /> },
  ];
}
