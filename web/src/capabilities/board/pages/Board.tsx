/** Home: everything that waits for me, by time left, with what happens at zero and by which rule. */

import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import * as calls from '@/api/calls';
import type { CaseSummary } from '@/api/types';
import { AtZero } from '@/kit/AtZero';
import { Countdown } from '@/kit/Countdown';
import { DataTable, type Column } from '@/kit/DataTable';
import { due } from '@/kit/format';
import { Money } from '@/kit/Money';
import { Empty, Loaded } from '@/kit/PageState';
import { caseLink } from '@/kit/links';
import { RowLink } from '@/kit/RowLink';
import { SOON_MS } from '@/kit/remain';
import { State } from '@/kit/State';
import { businessNow, hasBusinessTime, onTick } from '@/kit/ticker';
import { useText } from '@/kit/text';

const ROWS = 30;
/** `2026-`: a board is about days, not years. */
const YEAR_CHARS = 5;

export function Board() {
  const { t } = useText();
  const query = useInfiniteQuery({
    queryKey: ['board'],
    queryFn: ({ pageParam, signal }) => calls.board({ after: pageParam, limit: ROWS }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  // A page may hold nothing but what waits for colleagues with other rights.
  const isLooking = rows?.length === 0 && query.hasNextPage;
  const { fetchNextPage } = query;
  useEffect(() => {
    if (isLooking) void fetchNextPage();
  }, [isLooking, rows, fetchNextPage]);
  return (
    <section className="list-page" aria-labelledby="board-title">
      <header className="page-head">
        <h1 id="board-title">{t('board.title')}</h1>
        <p className="muted">{t('board.about')}</p>
        <span className="grow" />
        {rows && <Counts rows={rows} isMore={query.hasNextPage} />}
      </header>
      <Loaded query={{ data: isLooking ? undefined : rows, error: query.error, refetch: query.refetch }} rows={14}>
        {(found) => (found.length === 0 ? <Empty title={t('board.clear')} hint={t('board.clear_hint')} /> : <Waiting rows={found} />)}
      </Loaded>
      {query.hasNextPage && (
        <footer className="pager">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('kit.more_about')}</Button>
        </footer>
      )}
    </section>
  );
}

function Waiting({ rows }: { rows: CaseSummary[] }) {
  const { t, lang } = useText();
  const navigate = useNavigate();
  // The language is what the cells depend on; rows stay memoised between ticks and pages.
  const columns = useMemo(() => boardColumns(t), [t, lang]);
  return <DataTable label={t('board.title')} columns={columns} rows={rows} idOf={idOf} onOpen={(row) => void navigate(caseLink(row))} />;
}

const idOf = (row: CaseSummary) => row.id;

function boardColumns(t: ReturnType<typeof useText>['t']): Column<CaseSummary>[] {
  return [
    { key: 'left', title: t('board.left'), width: 200, cell: (row) => <Left row={row} /> },
    { key: 'what', title: t('board.what'), width: 215, cell: (row) => <What row={row} /> },
    { key: 'state', title: t('board.state'), width: 175, cell: (row) => <State label={row.state_label} /> },
    { key: 'goods', title: t('board.goods'), width: 180, cell: (row) => <span className="ellipsis" title={row.title ?? ''}>{row.title}</span> },
    { key: 'zero', title: t('board.at_zero'), cell: (row) => (row.next ? <AtZero next={row.next} caseId={row.id} isOneLine /> : <span className="faint">–</span>) },
    { key: 'amount', title: t('board.amount'), width: 100, align: 'right', cell: (row) => <Money minor={row.amount_minor} currency={row.currency} /> },
    { key: 'shop', title: t('board.shop'), width: 140, cell: (row) => <span className="ellipsis">{row.shop_name}</span> },
  ];
}

function Left({ row }: { row: CaseSummary }) {
  const { t } = useText();
  const at = row.next?.due_at ?? row.due_at;
  if (!at) return <span className="faint">{t('kit.no_clock')}</span>;
  return <span className="left-due"><Countdown due={at} /><small className="muted num">{due(Date.parse(at)).slice(YEAR_CHARS)}</small></span>;
}

function What({ row }: { row: CaseSummary }) {
  const { say } = useText();
  return <RowLink id={row.id} kind={row.kind} className="ellipsis num">{say(row.kind_label)} {row.number}</RowLink>;
}

/** How many are past, near and far; counted anew only when one of them changes its class. */
function Counts({ rows, isMore }: { rows: CaseSummary[]; isMore: boolean }) {
  const { t } = useText();
  const text = useSyncExternalStore(onTick, () => (hasBusinessTime() ? countText(rows, businessNow()) : '||'));
  const [past, soon, later] = text.split('|');
  const plus = isMore ? '+' : '';
  return (
    <ul className="counts">
      <li className="past"><strong>{past}</strong>{t('board.past')}</li>
      <li className="soon"><strong>{soon}</strong>{t('board.soon')}</li>
      <li><strong>{later}{plus}</strong>{t('board.later')}</li>
    </ul>
  );
}

/** `past|soon|later`. */
export function countText(rows: CaseSummary[], nowMs: number): string {
  const left = rows.map((row) => (row.due_at ? Date.parse(row.due_at) - nowMs : Infinity));
  const past = left.filter((ms) => ms <= 0).length;
  const soon = left.filter((ms) => ms > 0 && ms < SOON_MS).length;
  return `${past}|${soon}|${left.length - past - soon}`;
}
