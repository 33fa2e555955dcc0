/** @jsxImportSource preact */

import { useState } from 'preact/hooks';
import * as calls from '@/api/calls';
import type { OrderListed } from '@/api/types';
import { useLoad } from '../load';
import { at, Countdown, Money, Pill, Show } from '../parts';
import { toOrder } from '../route';
import { useText } from '../text';

const ROWS = 20;

export function Orders() {
  const { t } = useText();
  const first = useLoad('orders', () => calls.orders({ limit: ROWS }));
  const [more, setMore] = useState<{ items: OrderListed[]; next: string | null } | null>(null);
  const next = more ? more.next : first.data?.next ?? null;
  const load = () => {
    if (next === null) return;
    void calls.orders({ limit: ROWS, after: next }).then(
      (page) => setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next }),
      () => first.reload(),
    );
  };
  return (
    <>
      <h1 class="page-title">{t('portal.title')}</h1>
      <Show of={first}>
        {(page) => {
          const seen = new Set(page.items.map((o) => o.id));
          const all = [...page.items, ...(more?.items ?? []).filter((o) => !seen.has(o.id))];
          if (all.length === 0) return <div class="page-state"><strong>{t('portal.no_orders')}</strong></div>;
          return <ul class="orders">{all.map((order) => <li key={order.id}><Row order={order} /></li>)}</ul>;
        }}
      </Show>
      {next !== null && <button type="button" class="wide" onClick={load}>{t('portal.more')}</button>}
    </>
  );
}

function Row({ order }: { order: OrderListed }) {
  const { t, say } = useText();
  const due = order.next?.due_at ?? order.due_at;
  const count = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <a class="card order" href={toOrder(order.id)}>
      <span class="line"><strong>{order.shop_name}</strong><span class="grow" /><Pill label={order.state_label} /></span>
      {order.lines.map((line, i) => <span class="line" key={i}><span class="ellipsis">{line.title} <span class="muted">{line.spec}</span></span><span class="grow" /><span class="muted">×{line.quantity}</span></span>)}
      <span class="line muted"><small class="num">{at(order.placed_at)}</small><span class="grow" />{t('portal.items', { count })}<strong class="text"><Money minor={order.total_minor} currency={order.currency} /></strong></span>
      {due && order.next && <span class="line foot"><Countdown due={due} /><small class="muted">{say(order.next.label)}</small></span>}
    </a>
  );
}
