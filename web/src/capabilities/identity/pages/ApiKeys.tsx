/** Keys with which an organisation's own programs call the open API. */

import { Button } from 'antd';
import { useMemo, useState } from 'react';
import * as calls from '@/api/calls';
import type { ApiKey } from '@/api/memberTypes';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { ListPage } from '@/kit/ListPage';
import { OfficeTabs } from '@/kit/OfficeTabs';
import { useText, type Texts } from '@/kit/text';
import { MakeKey, RevokeKey } from '../parts/KeyForm';
import { Words } from '../parts/Words';
import '../identity.css';

const idOf = (row: ApiKey) => row.id;

type Open = { what: 'make' } | { what: 'revoke'; key: ApiKey };

export function ApiKeys() {
  const texts = useText();
  const { t, lang } = texts;
  const [open, setOpen] = useState<Open | null>(null);
  const columns = useMemo(() => keyColumns(texts, setOpen), [lang]);
  const close = () => setOpen(null);
  return (
    <div className="headed-list">
      <OfficeTabs />
      <header className="page-head"><p className="muted">{t('identity.keys_about')} <a href="/v1/openapi.json">{t('identity.api_document')}</a></p></header>
      <ListPage
        name="api-keys" title={t('identity.keys')} filters={[]} columns={columns} load={calls.apiKeys} idOf={idOf}
        tools={<Button type="primary" onClick={() => setOpen({ what: 'make' })}>{t('identity.make_key')}</Button>}
      />
      {open?.what === 'make' && <MakeKey onClose={close} />}
      {open?.what === 'revoke' && <RevokeKey apiKey={open.key} onClose={close} />}
    </div>
  );
}

function stateOf(key: ApiKey) {
  if (key.is_live) return 'identity.key_live' as const;
  return key.revoked_at ? ('identity.key_revoked' as const) : ('identity.key_expired' as const);
}

function keyColumns({ t }: Texts, onOpen: (open: Open) => void): Column<ApiKey>[] {
  return [
    { key: 'name', title: t('identity.key_name'), width: 180, cell: (row) => <span className="ellipsis">{row.name}</span> },
    { key: 'hint', title: t('identity.token'), width: 110, cell: (row) => <code>xk_…{row.hint}</code> },
    { key: 'state', title: t('identity.state'), width: 90, cell: (row) => <span className={`pill${row.is_live ? '' : ' ended'}`}>{t(stateOf(row))}</span> },
    { key: 'permissions', title: t('identity.role_permissions'), cell: (row) => <Words permissions={row.permissions} /> },
    { key: 'per_minute', title: t('identity.key_per_minute'), width: 110, align: 'right', cell: (row) => <span className="num">{row.per_minute}</span> },
    { key: 'used', title: t('identity.key_used'), width: 160, cell: (row) => <At at={row.used_at} /> },
    { key: 'expires', title: t('identity.key_expires'), width: 160, cell: (row) => <At at={row.revoked_at ?? row.expires_at} /> },
    { key: 'by', title: t('identity.key_by'), width: 120, cell: (row) => <span className="ellipsis">{row.made_by}</span> },
    {
      key: 'actions', title: t('identity.actions'), width: 90,
      cell: (row) => row.is_live && <Button type="text" size="small" danger onClick={() => onOpen({ what: 'revoke', key: row })}>{t('identity.revoke')}</Button>,
    },
  ];
}
