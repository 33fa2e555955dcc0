/** Roles that members can have: built-in ones, and those that the organisation made. */

import { Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import * as calls from '@/api/calls';
import type { Role } from '@/api/memberTypes';
import { DataTable, type Column } from '@/kit/DataTable';
import { Loaded } from '@/kit/PageState';
import { OfficeTabs } from '@/kit/OfficeTabs';
import { Perm } from '@/kit/Perm';
import { useText, type Texts } from '@/kit/text';
import { DeleteRole, RoleForm } from '../parts/RoleForm';
import { Words } from '../parts/Words';

const idOf = (row: Role) => row.role;

type Open = { what: 'edit' | 'delete'; role: Role } | { what: 'add' };

export function Roles() {
  const texts = useText();
  const { t, lang } = texts;
  const query = useQuery({ queryKey: ['roles'], queryFn: calls.roles });
  const [open, setOpen] = useState<Open | null>(null);
  const columns = useMemo(() => roleColumns(texts, setOpen), [lang]);
  const close = () => setOpen(null);
  return (
    <div className="headed-list">
      <OfficeTabs />
      <header className="page-head">
        <h1 className="sr-only">{t('identity.roles')}</h1>
        <p className="muted">{t('identity.roles_about')}</p>
        <span className="grow" />
        <Perm needs="members.manage"><Button type="primary" onClick={() => setOpen({ what: 'add' })}>{t('identity.add_role')}</Button></Perm>
      </header>
      <Loaded query={query} rows={8}>
        {({ items }) => <DataTable label={t('identity.roles')} columns={columns} rows={items} idOf={idOf} />}
      </Loaded>
      {open?.what === 'add' && <RoleForm role={null} onClose={close} />}
      {open?.what === 'edit' && <RoleForm role={open.role} onClose={close} />}
      {open?.what === 'delete' && <DeleteRole role={open.role} onClose={close} />}
    </div>
  );
}

function roleColumns({ t, say }: Texts, onOpen: (open: Open) => void): Column<Role>[] {
  return [
    { key: 'name', title: t('identity.role_name'), width: 200, cell: (row) => <span className="ellipsis">{say(row.label)}</span> },
    { key: 'kind', title: t('identity.role_kind'), width: 100, cell: (row) => <span className="pill">{row.is_built_in ? t('identity.built_in') : t('identity.custom')}</span> },
    { key: 'members', title: t('identity.role_members'), width: 90, align: 'right', cell: (row) => <span className="num">{row.members}</span> },
    { key: 'permissions', title: t('identity.role_permissions'), cell: (row) => <Words permissions={row.permissions} /> },
    {
      key: 'actions', title: t('identity.actions'), width: 150,
      cell: (row) => !row.is_built_in && row.may_give && (
        <span className="line">
          <Button type="text" size="small" onClick={() => onOpen({ what: 'edit', role: row })}>{t('identity.edit')}</Button>
          {row.members === 0 && <Button type="text" size="small" onClick={() => onOpen({ what: 'delete', role: row })}>{t('identity.delete')}</Button>}
        </span>
      ),
    },
  ];
}
