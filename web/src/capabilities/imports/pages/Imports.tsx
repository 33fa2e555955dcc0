/** Files that were imported, and the way to import one more. */

import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as calls from '@/api/calls';
import type { ImportView } from '@/api/types';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { ListPage } from '@/kit/ListPage';
import { Perm } from '@/kit/Perm';
import { useText, type Texts } from '@/kit/text';
import { Upload } from '../parts/Upload';
import '../imports.css';

const idOf = (row: ImportView) => row.id;

export function Imports() {
  const texts = useText();
  const { t, lang } = texts;
  const navigate = useNavigate();
  const columns = useMemo(() => importColumns(texts), [lang]);
  return (
    <div className="imports-page">
      <Perm needs="imports.manage">
        <p className="muted">{t('imports.about')}</p>
        <Upload id="import-file" label={t('imports.choose')} hint={t('imports.drop')} />
      </Perm>
      <ListPage
        name="imports" title={t('imports.title')} filters={[]} columns={columns} load={calls.imports} idOf={idOf}
        onOpen={(row) => void navigate({ to: '/imports/$id', params: { id: row.id } })}
      />
    </div>
  );
}

/** Numbers of a run; before the first one there are none. */
function Count({ row, count, isBad = false }: { row: ImportView; count: number; isBad?: boolean }) {
  if (row.state === 'uploaded') return <span className="faint">–</span>;
  return <span className={`num${isBad && count > 0 ? ' bad' : ''}`}>{count}</span>;
}

function importColumns({ t, word }: Texts): Column<ImportView>[] {
  return [
    { key: 'file', title: t('imports.file'), cell: (row) => <Link to="/imports/$id" params={{ id: row.id }} className="ellipsis">{row.file_name}</Link> },
    { key: 'state', title: t('imports.state'), width: 120, cell: (row) => <span className={`pill${row.state === 'done' ? ' ended' : ''}`}>{word('import_state', row.state)}</span> },
    { key: 'source', title: t('imports.source'), width: 180, cell: (row) => <span className="ellipsis">{row.source_name ?? '–'}</span> },
    { key: 'shop', title: t('imports.shop'), width: 180, cell: (row) => <span className="ellipsis">{row.shop_name ?? '–'}</span> },
    { key: 'rows', title: t('imports.rows'), width: 110, align: 'right', cell: (row) => <span className="num">{row.row_count}</span> },
    { key: 'new', title: t('imports.orders_new'), width: 110, align: 'right', cell: (row) => <Count row={row} count={row.counts.orders_new} /> },
    { key: 'bad', title: t('imports.rows_bad'), width: 110, align: 'right', cell: (row) => <Count row={row} count={row.counts.rows_bad} isBad /> },
    { key: 'at', title: t('imports.uploaded_at'), width: 160, cell: (row) => <At at={row.created_at} /> },
  ];
}
