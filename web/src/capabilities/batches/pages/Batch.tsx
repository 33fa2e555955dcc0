/** One act on many cases: how far it is, and what became of each. */

import { App, Button } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import * as calls from '@/api/calls';
import type { BatchOutcome, BatchRow, BatchView } from '@/api/types';
import { problemOf } from '@/api/problem';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { ListPage } from '@/kit/ListPage';
import { Loaded } from '@/kit/PageState';
import { RowLink } from '@/kit/RowLink';
import { problemText, useText, type Texts } from '@/kit/text';
import { isOpen, Progress, whatOf } from '../parts/Progress';

const POLL_MS = 700;
const OUTCOMES: BatchOutcome[] = ['done', 'refused', 'waiting', 'cancelled'];
const idOf = (row: BatchRow) => String(row.place);

export function BatchPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery({
    queryKey: ['batches', 'view', id],
    queryFn: () => calls.batch(id),
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? POLL_MS : false),
  });
  return <Loaded query={query} rows={10}>{(row) => <Page key={id} row={row} />}</Loaded>;
}

/** When the last row has its outcome, the rows are asked for once more. */
function useLastLook(row: BatchView) {
  const client = useQueryClient();
  const wasOpen = useRef(isOpen(row));
  useEffect(() => {
    if (wasOpen.current && !isOpen(row)) void client.invalidateQueries({ queryKey: [`batch-${row.id}`] });
    wasOpen.current = isOpen(row);
  }, [client, row]);
}

function Page({ row }: { row: BatchView }) {
  const texts = useText();
  const { t, say, lang, word } = texts;
  const columns = useMemo(() => rowColumns(texts), [lang]);
  useLastLook(row);
  const tabs = OUTCOMES.filter((outcome) => row.counts[outcome] > 0 || outcome === 'refused');
  return (
    <div className="headed-list">
      <header className="page-head">
        <h1>{say(row.kind_label)} · {say(row.label)}</h1>
        {row.failure ? <span className="pill ended">{word('batch', row.state)}</span> : <Progress row={row} />}
        <span className="muted">{whatOf(texts, row)} · <At at={row.asked_at} /></span>
        <span className="grow" />
        <Actions row={row} />
        <Link to="/batches">{t('batches.to_list')}</Link>
      </header>
      <p className="muted">{say(row.consequence)}{row.note && <> · {t('batches.note')}: {row.note}</>}{row.expires_at && <> · {t('batches.kept_until')} <At at={row.expires_at} /></>}</p>
      {row.failure && <p className="form-failure" role="alert">{say(row.failure)}</p>}
      <ListPage
        name={`batch-${row.id}`} title={t('batches.rows')} filters={[]} columns={columns} idOf={idOf} isMoving={() => isOpen(row)}
        tabs={{ param: 'outcome', all: row.counts.all, items: tabs.map((value) => ({ value, label: word('batch_row', value), count: row.counts[value] })) }}
        load={(query, signal) => calls.batchRows(row.id, query, signal)}
      />
    </div>
  );
}

function Actions({ row }: { row: BatchView }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const onError = (error: unknown) => void message.error(problemText(t, problemOf(error)));
  const cancelling = useMutation({
    mutationFn: () => calls.cancelBatch(row.id),
    onSuccess: (now) => {
      client.setQueryData(['batches', 'view', row.id], now);
      void message.success(t('batches.called_off'));
    },
    onError,
  });
  const again = useMutation({
    mutationFn: () => calls.againBatch(row.id),
    onSuccess: (next) => void navigate({ to: '/batches/$id', params: { id: next.id } }),
    onError,
  });
  if (isOpen(row)) return <Button loading={cancelling.isPending} onClick={() => cancelling.mutate()}>{t('batches.cancel')}</Button>;
  if (row.counts.refused === 0) return null;
  return <Button loading={again.isPending} onClick={() => again.mutate()}>{t('batches.again')}</Button>;
}

function rowColumns({ t, say, word }: Texts): Column<BatchRow>[] {
  return [
    { key: 'case', title: t('batches.case'), width: 200, cell: (row) => <Case row={row} /> },
    { key: 'goods', title: t('batches.goods'), width: 260, cell: (row) => <span className="ellipsis">{row.title ?? ''}</span> },
    { key: 'outcome', title: t('batches.outcome'), width: 110, cell: (row) => <span className={`pill${row.outcome === 'refused' ? ' refused' : row.outcome === 'done' ? '' : ' ended'}`}>{word('batch_row', row.outcome)}</span> },
    { key: 'why', title: t('batches.why'), cell: (row) => <span className={row.problem ? 'bad' : ''}>{row.problem ? say(row.problem.text) : say(row.state_label)}</span> },
    { key: 'at', title: t('batches.at'), width: 150, cell: (row) => (row.at ? <At at={row.at} /> : <span className="faint">–</span>) },
  ];
}

/** A case that the reader may not see has no number, and its page would say no more. */
function Case({ row }: { row: BatchRow }) {
  const { t } = useText();
  if (row.number == null) return <span className="muted" title={row.case}>{t('batches.unknown_case')}</span>;
  return <RowLink id={row.case} kind={row.kind} className="num">{row.number}</RowLink>;
}
