/** Order lists that became files, and those that are on their way. */

import { App, Button } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { ExportView, StateCount } from '@/api/types';
import { At } from '@/kit/At';
import type { Column } from '@/kit/DataTable';
import { bytes } from '@/kit/format';
import { ListPage } from '@/kit/ListPage';
import { problemText, useText, type T, type Texts } from '@/kit/text';

const idOf = (row: ExportView) => row.id;
const isOpen = (row: ExportView) => row.state === 'waiting' || row.state === 'running';

export function Exports() {
  const texts = useText();
  const { t, lang } = texts;
  const states = useQuery({ queryKey: ['states', 'order'], queryFn: () => calls.states('order') });
  const columns = useMemo(() => exportColumns(texts, states.data?.items ?? []), [lang, states.data]);
  return (
    <div className="headed-list">
      <header className="page-head"><Link to="/orders">{t('exports.to_orders')}</Link><p className="muted">{t('exports.about')}</p></header>
      <ListPage
        name="exports" title={t('exports.title')} filters={[]} columns={columns} load={calls.exportsOf} idOf={idOf} isMoving={(rows) => rows.some(isOpen)}
      />
    </div>
  );
}

function exportColumns({ t, say }: Texts, states: StateCount[]): Column<ExportView>[] {
  const label = (state: string) => say(states.find((s) => s.state === state)?.label) || state;
  return [
    { key: 'asked', title: t('exports.asked'), width: 150, cell: (row) => <At at={row.asked_at} /> },
    { key: 'what', title: t('exports.what'), cell: (row) => <span className="ellipsis">{what(t, row, label)}</span> },
    { key: 'format', title: t('exports.format'), width: 140, cell: (row) => <>{row.format.toUpperCase()}{row.is_plain && <small className="muted"> {t('exports.full')}</small>}</> },
    { key: 'state', title: t('exports.state'), width: 210, cell: (row) => <Progress row={row} /> },
    { key: 'rows', title: t('exports.rows'), width: 90, align: 'right', cell: (row) => <span className="num">{row.rows}</span> },
    { key: 'size', title: t('exports.size'), width: 95, align: 'right', cell: (row) => <span className="num">{bytes(row.size_bytes)}</span> },
    { key: 'by', title: t('exports.by'), width: 110, cell: (row) => <span className="ellipsis">{row.asked_by}</span> },
    { key: 'until', title: t('exports.kept_until'), width: 150, cell: (row) => (row.state === 'done' && row.expires_at ? <At at={row.expires_at} /> : <span className="faint">–</span>) },
    { key: 'actions', title: t('exports.actions'), width: 150, cell: (row) => <Actions row={row} /> },
  ];
}

/** Which orders these are; of a file that is gone nothing is kept that was searched for. */
function what(t: T, { wanted, shop_name, state }: ExportView, label: (state: string) => string): string {
  if (wanted.q) return t('exports.searched', { text: wanted.q });
  const parts = [
    wanted.state && t('exports.in_state', { text: label(wanted.state) }),
    wanted.shop && t('exports.of_shop', { text: shop_name ?? wanted.shop }),
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(' · ');
  return ['deleted', 'expired', 'cancelled'].includes(state) ? '–' : t('exports.all_orders');
}

function Progress({ row }: { row: ExportView }) {
  const { t, word, say } = useText();
  const text = word('export', row.state);
  if (row.state === 'failed') return <span className="bad ellipsis" title={say(row.failure)}>{say(row.failure) || text}</span>;
  if (row.state !== 'running') return <span className={`pill${row.state === 'done' ? '' : ' ended'}`}>{text}</span>;
  return (
    <span className="line">
      {row.orders_all != null && <progress value={row.orders_done} max={Math.max(1, row.orders_all)} aria-label={t('exports.progress')} />}
      <span className="num">{row.orders_all == null ? row.orders_done : `${row.orders_done} / ${row.orders_all}`}</span>
    </span>
  );
}

function Actions({ row }: { row: ExportView }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const removing = useMutation({
    mutationFn: () => calls.removeExport(row.id),
    onSuccess: () => void message.success(t('exports.removed')),
    onError: (error) => void message.error(problemText(t, problemOf(error))),
    onSettled: () => void client.invalidateQueries({ queryKey: ['exports'] }),
  });
  if (!row.is_own || !(isOpen(row) || row.state === 'done')) return null;
  return (
    <span className="line">
      {row.state === 'done' && <a href={calls.exportUrl(row.id)} download>{t('exports.download')}</a>}
      <Button size="small" loading={removing.isPending} onClick={() => removing.mutate()}>{isOpen(row) ? t('exports.cancel') : t('exports.delete')}</Button>
    </span>
  );
}
