/** One's acts on many cases, and how far they are. */

import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as calls from '@/api/calls';
import type { BatchView } from '@/api/types';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { ListPage } from '@/kit/ListPage';
import { useText, type Texts } from '@/kit/text';
import { BatchLink, isOpen, Progress, whatOf } from '../parts/Progress';

const idOf = (row: BatchView) => row.id;

export function Batches() {
  const texts = useText();
  const { t, lang } = texts;
  const navigate = useNavigate();
  const columns = useMemo(() => batchColumns(texts), [lang]);
  return (
    <div className="headed-list">
      <header className="page-head"><p className="muted">{t('batches.about')}</p></header>
      <ListPage
        name="batches" title={t('batches.title')} filters={[]} columns={columns} load={calls.batches} idOf={idOf} isMoving={(rows) => rows.some(isOpen)}
        onOpen={(row) => void navigate({ to: '/batches/$id', params: { id: row.id } })}
      />
    </div>
  );
}

function batchColumns(texts: Texts): Column<BatchView>[] {
  const { t, say } = texts;
  return [
    { key: 'act', title: t('batches.act'), width: 200, cell: (row) => <BatchLink id={row.id}>{say(row.kind_label)} · {say(row.label)}</BatchLink> },
    { key: 'what', title: t('batches.what'), cell: (row) => <span className="ellipsis">{whatOf(texts, row)}</span> },
    { key: 'state', title: t('batches.state'), width: 220, cell: (row) => <Progress row={row} /> },
    { key: 'done', title: t('batches.done'), width: 100, align: 'right', cell: (row) => <span className="num">{row.counts.done}</span> },
    { key: 'refused', title: t('batches.refused'), width: 100, align: 'right', cell: (row) => <span className={`num${row.counts.refused > 0 ? ' bad' : ''}`}>{row.counts.refused}</span> },
    { key: 'asked', title: t('batches.asked'), width: 150, cell: (row) => <At at={row.asked_at} /> },
    { key: 'ended', title: t('batches.ended'), width: 150, cell: (row) => (row.ended_at ? <At at={row.ended_at} /> : <span className="faint">–</span>) },
  ];
}
