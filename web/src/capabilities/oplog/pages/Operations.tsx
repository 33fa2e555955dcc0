/** Who did what to what, when and from where, with what stood there before. */

import { useMemo, useState } from 'react';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '@/app/session';
import * as calls from '@/api/calls';
import type { Operation } from '@/api/oplogTypes';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { instant } from '@/kit/format';
import { ListPage } from '@/kit/ListPage';
import { OfficeTabs } from '@/kit/OfficeTabs';
import { can } from '@/kit/Perm';
import { useText, type Texts } from '@/kit/text';
import { useListUrl } from '@/kit/useListUrl';
import { ChainCheck } from '../parts/ChainCheck';
import { Entry, Who } from '../parts/Entry';
import { Filters } from '../parts/Filters';
import { brief } from '../parts/changes';
import '../oplog.css';

const idOf = (row: Operation) => row.id;

export function Operations() {
  const texts = useText();
  const { t, lang } = texts;
  const session = useSession();
  const url = useListUrl();
  const [open, setOpen] = useState<Operation | null>(null);
  const [isChecking, setChecking] = useState(false);
  const columns = useMemo(() => operationColumns(texts, setOpen), [lang]);
  const shown = useQuery({ queryKey: ['operations', 'list', url.search], queryFn: () => calls.operations({ ...url.search, limit: 30 }), enabled: false });
  const searchedTo = shown.data?.searched_to ?? null;
  return (
    <div className="headed-list operations">
      <OfficeTabs />
      <header className="page-head">
        <p className="muted">{t(session?.party === 'platform' ? 'oplog.about_platform' : 'oplog.about')}</p>
        <span className="grow" />
        {can(session, 'audit.read') && <button type="button" className="as-link" onClick={() => setChecking(true)}>{t('oplog.check')}</button>}
      </header>
      <Filters />
      {searchedTo && <p className="searched" role="status">{t('oplog.searched_to', { at: instant(Date.parse(searchedTo)) })}</p>}
      <ListPage
        name="operations" title={t('oplog.title')} filters={[]} columns={columns} load={calls.operations} idOf={idOf} onOpen={setOpen}
        tools={<a className="tool" href={calls.operationsUrl(url.search)} download>{t('oplog.file')}</a>}
      />
      {open && <Entry entry={open} onClose={() => setOpen(null)} />}
      {isChecking && <ChainCheck onClose={() => setChecking(false)} />}
    </div>
  );
}

function operationColumns(texts: Texts, onOpen: (entry: Operation) => void): Column<Operation>[] {
  const { t, say } = texts;
  return [
    { key: 'at', title: t('oplog.at'), width: 165, cell: (row) => <At at={row.at} seconds /> },
    { key: 'who', title: t('oplog.who'), width: 200, cell: (row) => <Who entry={row} /> },
    {
      key: 'what', title: t('oplog.what'), width: 210,
      cell: (row) => <button type="button" className="as-link ellipsis" onClick={() => onOpen(row)}>{say(row.label)}</button>,
    },
    { key: 'object', title: t('oplog.object'), width: 220, cell: (row) => <Objects row={row} /> },
    { key: 'changes', title: t('oplog.changes'), cell: (row) => <span className="ellipsis muted">{brief(texts, row)}</span> },
    { key: 'address', title: t('oplog.address'), width: 130, cell: (row) => (row.address ? <span className="num">{row.address}</span> : <span className="faint">–</span>) },
  ];
}

function Objects({ row }: { row: Operation }) {
  const { say } = useText();
  return (
    <span className="ellipsis">
      {row.objects.map((one) => (one.path ? <Link key={one.id} to={one.path as '/'}>{say(one.label)}</Link> : <span key={one.id}>{say(one.label)}</span>))}
    </span>
  );
}
