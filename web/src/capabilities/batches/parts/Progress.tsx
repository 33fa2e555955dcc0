/** How far a batch is, and which cases it is about. */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BatchView } from '@/api/types';
import { useText, type Texts } from '@/kit/text';

export const isOpen = (row: BatchView) => ['waiting', 'choosing', 'running'].includes(row.state);

export function BatchLink({ id, children }: { id: string; children: ReactNode }) {
  return <Link to="/batches/$id" params={{ id }} className="ellipsis">{children}</Link>;
}

/** Which cases these are. */
export function whatOf({ t, say }: Texts, row: BatchView): string {
  if (row.again) return t('batches.again_of');
  if (!row.list) return t('batches.picked', { count: row.counts.all });
  const list = t('batches.of_list', { list: row.list === 'orders' ? t('orders.title') : t('aftersales.title') });
  const parts = [
    list,
    row.wanted_state && !row.is_searched && t('batches.in_state', { text: say(row.wanted_state_label) || row.wanted_state }),
    row.shop && !row.is_searched && t('batches.of_shop', { text: row.shop_name ?? row.shop }),
    row.is_searched && t('batches.searched'),
  ];
  return parts.filter(Boolean).join(' · ');
}

export function Progress({ row }: { row: BatchView }) {
  const { t, word, say } = useText();
  const text = word('batch', row.state);
  if (row.state === 'failed') return <span className="bad ellipsis" title={say(row.failure)}>{say(row.failure) || text}</span>;
  if (row.state !== 'running') return <span className={`pill${row.state === 'done' ? '' : ' ended'}`}>{text}</span>;
  const { all, done, refused } = row.counts;
  return (
    <span className="line">
      <progress value={done + refused} max={Math.max(1, all)} aria-label={t('batches.progress')} />
      <span className="num">{t('batches.figure', { done: done + refused, all })}</span>
    </span>
  );
}
