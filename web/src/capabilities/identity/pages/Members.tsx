/** Who works in one's organisation, and what each may do. */

import { Button } from 'antd';
import { useMemo, useState } from 'react';
import * as calls from '@/api/calls';
import type { Member } from '@/api/memberTypes';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { ListPage } from '@/kit/ListPage';
import { OfficeTabs } from '@/kit/OfficeTabs';
import { Perm } from '@/kit/Perm';
import { useText, type Texts } from '@/kit/text';
import { AddMember, EditMember, ResetSecondFactor, ToggleMember } from '../parts/MemberForm';

const idOf = (row: Member) => row.id;

type Open = { what: 'add' } | { what: 'edit' | 'toggle' | 'reset'; member: Member };

export function Members() {
  const texts = useText();
  const { t, lang } = texts;
  const [open, setOpen] = useState<Open | null>(null);
  const columns = useMemo(() => memberColumns(texts, setOpen), [lang]);
  const close = () => setOpen(null);
  return (
    <div className="headed-list">
      <OfficeTabs />
      <header className="page-head"><p className="muted">{t('identity.members_about')}</p></header>
      <ListPage
        name="members" title={t('identity.members')} filters={[]} columns={columns} load={calls.members} idOf={idOf}
        tools={<Perm needs="members.manage"><Button type="primary" onClick={() => setOpen({ what: 'add' })}>{t('identity.add_member')}</Button></Perm>}
      />
      {open?.what === 'add' && <AddMember onClose={close} />}
      {open?.what === 'edit' && <EditMember member={open.member} onClose={close} />}
      {open?.what === 'reset' && <ResetSecondFactor member={open.member} onClose={close} />}
      {open?.what === 'toggle' && <ToggleMember member={open.member} onClose={close} />}
    </div>
  );
}

function memberColumns({ t, say }: Texts, onOpen: (open: Open) => void): Column<Member>[] {
  return [
    { key: 'name', title: t('identity.name'), width: 200, cell: (row) => <span className="ellipsis">{row.name}{row.is_self && <small className="muted"> {t('identity.self')}</small>}</span> },
    { key: 'login', title: t('identity.login'), width: 180, cell: (row) => <span className="ellipsis">{row.login}</span> },
    { key: 'role', title: t('identity.role'), cell: (row) => <span className="ellipsis">{say(row.role_label)}{row.is_owner && <> <span className="pill">{t('identity.owner')}</span></>}</span> },
    { key: 'state', title: t('identity.state'), width: 100, cell: (row) => <span className={`pill${row.is_disabled ? ' ended' : ''}`}>{row.is_disabled ? t('identity.disabled') : t('identity.enabled')}</span> },
    { key: 'seen', title: t('identity.last_log_in'), width: 170, cell: (row) => <At at={row.last_log_in} /> },
    {
      key: 'actions', title: t('identity.actions'), width: 230,
      cell: (row) => (
        <span className="line">
          {(row.may_change || row.is_self) && <Button type="text" size="small" onClick={() => onOpen({ what: 'edit', member: row })}>{t('identity.edit')}</Button>}
          {row.may_change && row.has_second_factor && (
            <Button type="text" size="small" onClick={() => onOpen({ what: 'reset', member: row })}>{t('identity.reset_second_factor')}</Button>
          )}
          {row.may_change && (
            <Button type="text" size="small" onClick={() => onOpen({ what: 'toggle', member: row })}>{row.is_disabled ? t('identity.enable') : t('identity.disable')}</Button>
          )}
        </span>
      ),
    },
  ];
}
