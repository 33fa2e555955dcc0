/** The hash chain over the record, checked on demand. */

import { Button } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import type { ChainCheck as Check } from '@/api/oplogTypes';
import { problemOf } from '@/api/problem';
import { At } from '@/kit/At';
import { Dialog } from '@/kit/Dialog';
import { Empty, Loaded } from '@/kit/PageState';
import { problemText, useText } from '@/kit/text';

const AGAIN_MS = 500;
const KEY = ['chain-checks'];

export function ChainCheck({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: KEY, queryFn: calls.chainChecks,
    refetchInterval: (q) => (q.state.data?.items.some((check) => check.ended_at === null) ? AGAIN_MS : false),
  });
  const asking = useMutation({ mutationFn: calls.askChainCheck, onSuccess: (checks) => client.setQueryData(KEY, checks) });
  const isUnderWay = query.data?.items.some((check) => check.ended_at === null) ?? false;
  return (
    <Dialog title={t('oplog.check')} shape="wide" onClose={onClose}>
      <p className="muted">{t('oplog.check_about')}</p>
      {asking.error && <p className="form-failure" role="alert">{problemText(t, problemOf(asking.error))}</p>}
      <p><Button type="primary" loading={asking.isPending} disabled={isUnderWay} onClick={() => asking.mutate()}>{t('oplog.check_now')}</Button></p>
      <Loaded query={query} rows={3}>
        {({ items }) => (items.length === 0 ? <Empty title={t('oplog.no_checks')} /> : <ul className="plain-list checks">{items.map((check) => <One key={check.id} check={check} />)}</ul>)}
      </Loaded>
    </Dialog>
  );
}

function One({ check }: { check: Check }) {
  const { t } = useText();
  return (
    <li>
      <span className="line">
        <Outcome check={check} />
        <span className="grow" />
        <span className="muted">{check.asked_by} <At at={check.asked_at} /></span>
      </span>
      {check.ended_at === null
        ? <progress value={check.done} max={Math.max(1, check.total)} aria-label={t('oplog.check_progress')} />
        : <small className="muted">{t('oplog.check_range', { last: check.total, blocks: check.blocks, unsealed: check.unsealed })}</small>}
      {check.hash && <code className="hash">{check.hash}</code>}
    </li>
  );
}

function Outcome({ check }: { check: Check }) {
  const { t, word } = useText();
  if (check.first) {
    const { seq, what, event } = check.first;
    return <strong className="bad" role="alert">{t('oplog.check_broken', { seq, count: check.broken })} {word('differs', what)}{event && <> <code>{event}</code></>}</strong>;
  }
  if (check.ended_at === null) return <strong role="status">{t('oplog.check_running', { done: check.done, total: check.total })}</strong>;
  return <strong className="good" role="status">{t('oplog.check_whole')}</strong>;
}
