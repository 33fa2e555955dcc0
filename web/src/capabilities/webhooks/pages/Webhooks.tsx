/** Where an organisation's own systems are told what happens. */

import { App, Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { Webhook } from '@/api/webhookTypes';
import { At } from '@/kit/At';
import { DataTable, type Column } from '@/kit/DataTable';
import { OfficeTabs } from '@/kit/OfficeTabs';
import { Loaded } from '@/kit/PageState';
import { problemText, useText, type Texts } from '@/kit/text';
import { EditWebhook, NewSecret, RemoveWebhook } from '../parts/WebhookForm';
import { KEY, stateOf } from '../parts/words';
import '../webhooks.css';

const idOf = (row: Webhook) => row.id;

type Open = { what: 'add' } | { what: 'edit' | 'secret' | 'remove'; webhook: Webhook };

export function Webhooks() {
  const texts = useText();
  const { t, lang } = texts;
  const query = useQuery({ queryKey: [KEY], queryFn: calls.webhooks });
  const [open, setOpen] = useState<Open | null>(null);
  const columns = useMemo(() => webhookColumns(texts, setOpen), [lang]);
  const close = () => setOpen(null);
  return (
    <div className="headed-list">
      <OfficeTabs />
      <header className="page-head">
        <h1 className="sr-only">{t('webhooks.title')}</h1>
        <p className="muted">{t('webhooks.about')}</p>
        <span className="grow" />
        <Button type="primary" onClick={() => setOpen({ what: 'add' })}>{t('webhooks.add')}</Button>
      </header>
      <Loaded query={query} rows={4}>
        {({ items }) => (items.length === 0
          ? <p className="muted none-yet">{t('webhooks.none')}</p>
          : <DataTable label={t('webhooks.title')} columns={columns} rows={items} idOf={idOf} />)}
      </Loaded>
      {open?.what === 'add' && <EditWebhook webhook={null} onClose={close} />}
      {open?.what === 'edit' && <EditWebhook webhook={open.webhook} onClose={close} />}
      {open?.what === 'secret' && <NewSecret webhook={open.webhook} onClose={close} />}
      {open?.what === 'remove' && <RemoveWebhook webhook={open.webhook} onClose={close} />}
    </div>
  );
}

function webhookColumns({ t }: Texts, onOpen: (open: Open) => void): Column<Webhook>[] {
  return [
    { key: 'url', title: t('webhooks.url'), cell: (row) => <Link to="/webhooks/$id" params={{ id: row.id }} className="ellipsis">{row.url}</Link> },
    { key: 'kinds', title: t('webhooks.kinds'), width: 220, cell: (row) => <span className="ellipsis">{row.kinds.length === 0 ? t('webhooks.all_kinds') : row.kinds.join(', ')}</span> },
    { key: 'state', title: t('webhooks.state'), width: 150, cell: (row) => <span className={`pill${row.is_enabled ? '' : ' ended'}`}>{t(stateOf(row))}</span> },
    { key: 'waiting', title: t('webhooks.waiting'), width: 80, align: 'right', cell: (row) => <span className="num">{row.waiting}</span> },
    { key: 'dead', title: t('webhooks.dead'), width: 80, align: 'right', cell: (row) => <span className={`num${row.dead > 0 ? ' bad' : ''}`}>{row.dead}</span> },
    { key: 'last', title: t('webhooks.last_done'), width: 160, cell: (row) => <At at={row.last_done_at} /> },
    {
      key: 'actions', title: t('webhooks.actions'), width: 300,
      cell: (row) => (
        <span className="line">
          {row.is_enabled && <Ping webhook={row} />}
          <Button type="text" size="small" onClick={() => onOpen({ what: 'edit', webhook: row })}>{t('webhooks.edit')}</Button>
          <Button type="text" size="small" onClick={() => onOpen({ what: 'secret', webhook: row })}>{t('webhooks.new_secret')}</Button>
          <Button type="text" size="small" danger onClick={() => onOpen({ what: 'remove', webhook: row })}>{t('webhooks.remove')}</Button>
        </span>
      ),
    },
  ];
}

function Ping({ webhook }: { webhook: Webhook }) {
  const { t } = useText();
  const { message } = App.useApp();
  const ping = async () => {
    try {
      await calls.pingWebhook(webhook.id);
      void message.success(t('webhooks.pinged'));
    } catch (error) {
      void message.error(problemText(t, problemOf(error)));
    }
  };
  return <Button type="text" size="small" onClick={() => void ping()}>{t('webhooks.ping')}</Button>;
}
