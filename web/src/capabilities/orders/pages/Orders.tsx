import { App, Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as calls from '@/api/calls';
import type { OrderListed } from '@/api/types';
import { At } from '@/kit/At';
import { Countdown } from '@/kit/Countdown';
import type { Column } from '@/kit/DataTable';
import { counted } from '@/kit/format';
import { ListPage, type Filter } from '@/kit/ListPage';
import { Money } from '@/kit/Money';
import { RowLink } from '@/kit/RowLink';
import { State } from '@/kit/State';
import { useShopOptions } from '@/kit/shops';
import { Perm } from '@/kit/Perm';
import { useText, type T } from '@/kit/text';
import { useListUrl } from '@/kit/useListUrl';
import { ExportOrders } from '../parts/ExportOrders';

/** Lines of an order shown in its row. */
const SHOWN = 2;

const idOf = (row: OrderListed) => row.id;

export function Orders() {
  const { t, say, lang } = useText();
  const navigate = useNavigate();
  const shops = useShopOptions();
  const states = useQuery({ queryKey: ['states', 'order'], queryFn: () => calls.states('order') });
  const columns = useMemo(() => orderColumns(t), [t, lang]);
  const { search } = useListUrl();
  // States that hold nothing would only push the others aside.
  const shown = (states.data?.items ?? []).filter((s) => s.count > 0 || s.state === search.state);
  const tabs = shown.map((s) => ({ value: s.state, label: say(s.label), count: counted(s) }));
  const filters: Filter[] = [
    { kind: 'search', name: 'q', label: t('orders.search') },
    { kind: 'select', name: 'shop', label: t('aftersales.any_shop'), options: shops },
  ];
  return (
    <ListPage
      name="orders" views="orders" isBatch title={t('orders.title')} tabs={{ param: 'state', items: tabs }} filters={filters} columns={columns} load={calls.orders} idOf={idOf}
      onOpen={(row) => void navigate({ to: '/orders/$id', params: { id: row.id } })} batch={(rows) => <CopyNumbers rows={rows} />}
      tools={<Perm needs="orders.export"><ExportOrders shops={shops} states={states.data?.items ?? []} /></Perm>}
    />
  );
}

function CopyNumbers({ rows }: { rows: OrderListed[] }) {
  const { t } = useText();
  const { message } = App.useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(rows.map((row) => row.number).join('\n'));
    void message.success(t('kit.copied'));
  };
  return <Button onClick={() => void copy()}>{t('orders.copy_numbers')}</Button>;
}

function orderColumns(t: T): Column<OrderListed>[] {
  return [
    { key: 'number', title: t('orders.number'), width: 145, cell: (row) => <RowLink id={row.id} kind="order" className="num">{row.number}</RowLink> },
    { key: 'goods', title: t('orders.goods'), cell: (row) => <Goods row={row} /> },
    { key: 'total', title: t('orders.total'), width: 110, align: 'right', cell: (row) => <Money minor={row.total_minor} currency={row.currency} /> },
    { key: 'state', title: t('orders.state'), width: 150, cell: (row) => <State label={row.state_label} isEnded={row.is_closed} /> },
    { key: 'left', title: t('orders.left'), width: 225, cell: (row) => <Left row={row} /> },
    { key: 'buyer', title: t('orders.buyer'), width: 90, cell: (row) => row.buyer_name },
    { key: 'region', title: t('orders.region'), width: 130, cell: (row) => <span className="ellipsis">{row.region ?? ''}</span> },
    { key: 'shop', title: t('orders.shop'), width: 140, cell: (row) => <span className="ellipsis">{row.shop_name}</span> },
    { key: 'placed', title: t('orders.placed'), width: 130, cell: (row) => <At at={row.placed_at} /> },
  ];
}

function Goods({ row }: { row: OrderListed }) {
  const { t } = useText();
  return (
    <span className="stack">
      {row.lines.slice(0, SHOWN).map((line, i) => (
        <span className="ellipsis" key={i}>{line.title} <span className="muted">{line.spec} ×{line.quantity}</span></span>
      ))}
      {row.line_count > SHOWN && <small className="muted">{t('orders.more_lines', { count: row.line_count })}</small>}
    </span>
  );
}

function Left({ row }: { row: OrderListed }) {
  const { t, say } = useText();
  const at = row.next?.due_at ?? row.due_at;
  if (!at) return row.is_paused ? <span className="muted">{t('orders.paused')}</span> : null;
  return <span className="left-due"><Countdown due={at} />{row.next && <small className="muted ellipsis" title={say(row.next.consequence)}>{say(row.next.label)}</small>}</span>;
}
