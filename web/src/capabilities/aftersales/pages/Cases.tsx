import { useQueries } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as calls from '@/api/calls';
import type { CaseSummary, StateCount } from '@/api/types';
import { At } from '@/kit/At';
import { AtZero } from '@/kit/AtZero';
import { KINDS } from '@/kit/codes';
import { Countdown } from '@/kit/Countdown';
import type { Column } from '@/kit/DataTable';
import { counted, type Counted } from '@/kit/format';
import { ListPage, type Filter } from '@/kit/ListPage';
import { Money } from '@/kit/Money';
import { RowLink } from '@/kit/RowLink';
import { State } from '@/kit/State';
import { useText, type Texts } from '@/kit/text';
import { useListUrl } from '@/kit/useListUrl';

const idOf = (row: CaseSummary) => row.id;

export function Cases() {
  const texts = useText();
  const { t, say, lang, word } = texts;
  const navigate = useNavigate();
  const { search } = useListUrl();
  const counts = useQueries({
    queries: KINDS.map((kind) => ({ queryKey: ['states', kind], queryFn: () => calls.states(kind) })),
    combine: (results) => results.map((result) => result.data?.items ?? []),
  });
  const columns = useMemo(() => caseColumns(texts), [lang]);
  const kinds = KINDS.map((kind, i) => ({ value: kind, label: word('kind', kind), count: counted(open(counts[i] ?? [])) }));
  const states = merged(KINDS.flatMap((kind, i) => (!search.kind || search.kind === kind ? counts[i] ?? [] : [])));
  const filters: Filter[] = [
    { kind: 'select', name: 'state', label: t('aftersales.any_state'), options: states.map((s) => ({ value: s.state, label: `${say(s.label)} ${counted(s)}` })) },
  ];
  return (
    <ListPage
      name="aftersales" views="aftersales" isBatch title={t('aftersales.title')} tabs={{ param: 'kind', items: kinds }} filters={filters} columns={columns} load={calls.aftersales}
      idOf={idOf} onOpen={(row) => void navigate({ to: '/cases/$id', params: { id: row.id } })}
    />
  );
}

function open(states: StateCount[]): Counted {
  return states.filter((s) => !s.is_final).reduce(sum, { count: 0, has_more: false });
}

function sum(a: Counted, b: Counted): Counted {
  return { count: a.count + b.count, has_more: a.has_more || b.has_more };
}

/** States of several kinds as one list: equal names are one entry with the sum of their counts. */
export function merged(states: StateCount[]): StateCount[] {
  const byName = new Map<string, StateCount>();
  for (const state of states) {
    const known = byName.get(state.state);
    byName.set(state.state, known ? { ...known, ...sum(known, state) } : state);
  }
  return [...byName.values()];
}

function caseColumns({ t, say, word }: Texts): Column<CaseSummary>[] {
  return [
    { key: 'kind', title: t('aftersales.kind'), width: 135, cell: (row) => <RowLink id={row.id} kind={row.kind} className="ellipsis">{say(row.kind_label)}</RowLink> },
    { key: 'state', title: t('aftersales.state'), width: 190, cell: (row) => <State label={row.state_label} isEnded={Boolean(row.closed_at)} /> },
    { key: 'left', title: t('aftersales.left'), width: 115, cell: (row) => (row.due_at ? <Countdown due={row.due_at} /> : <span className="faint">–</span>) },
    { key: 'zero', title: t('aftersales.at_zero'), width: 225, cell: (row) => (row.next ? <AtZero next={row.next} caseId={row.id} isShort isOneLine /> : null) },
    { key: 'owner', title: t('aftersales.owner'), width: 84, cell: (row) => (row.closed_at ? null : word('party', row.owner_party)) },
    { key: 'goods', title: t('aftersales.goods'), cell: (row) => <span className="ellipsis">{row.title}</span> },
    { key: 'amount', title: t('aftersales.amount'), width: 100, align: 'right', cell: (row) => <Money minor={row.amount_minor} currency={row.currency} /> },
    { key: 'number', title: t('aftersales.number'), width: 145, cell: (row) => <OrderNumber row={row} /> },
    { key: 'shop', title: t('aftersales.shop'), width: 125, cell: (row) => <span className="ellipsis">{row.shop_name}</span> },
    { key: 'opened', title: t('aftersales.opened'), width: 105, cell: (row) => <At at={row.opened_at} year={false} /> },
  ];
}

function OrderNumber({ row }: { row: CaseSummary }) {
  if (!row.order_id) return row.number ?? null;
  return <RowLink id={row.order_id} kind="order" className="num">{row.number ?? row.order_id}</RowLink>;
}
