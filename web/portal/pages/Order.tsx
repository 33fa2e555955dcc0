/** @jsxImportSource preact */

import * as calls from '@/api/calls';
import type { Line, OrderView, Shipment } from '@/api/types';
import { useLoad } from '../load';
import { at, Back, Card, Countdown, Money, Pill, Show } from '../parts';
import { toApply, toCase } from '../route';
import { useText } from '../text';
import { Acts } from './Acts';
import { ClockCard } from './ClockCard';

export function OrderPage({ id }: { id: string }) {
  const { t } = useText();
  const order = useLoad(`order ${id}`, () => calls.order(id));
  return (
    <>
      <Back to="/m" title={t('portal.order')} />
      <Show of={order}>{(view) => <Body view={view} onChange={order.reload} />}</Show>
    </>
  );
}

function Body({ view, onChange }: { view: OrderView; onChange: () => void }) {
  const { t } = useText();
  const { order } = view;
  const mayApply = (line: Line) => line.quantity - line.stopped - line.refunded > 0;
  return (
    <>
      <ClockCard view={view.case} />
      <Acts view={view.case} onDone={onChange} context={{ currency: order.currency, lines: view.lines }} />
      <Card title={t('portal.goods')}>
        <ul class="rows">
          {view.lines.map((line) => (
            <li key={line.id}>
              <span class="line"><span>{line.title} <span class="muted">{line.spec} ×{line.quantity}</span></span><span class="grow" /><Money minor={line.amount_minor} currency={order.currency} /></span>
              {mayApply(line) && <a class="button small" href={toApply(order.id, line.id)}>{t('portal.apply')}</a>}
            </li>
          ))}
        </ul>
        <p class="line total"><span class="muted num">{order.number}</span><span class="grow" />{t('portal.total')}<strong><Money minor={order.total_minor} currency={order.currency} /></strong></p>
      </Card>
      {view.after_sales.length > 0 && (
        <Card title={t('portal.cases')}>
          <ul class="rows">
            {view.after_sales.map((row) => <li key={row.id}><a class="line" href={toCase(row.id)}><CaseLine row={row} /></a></li>)}
          </ul>
        </Card>
      )}
      <Parcels shipments={view.shipments} />
      {view.recipient && <Card title={t('portal.recipient')}><p>{view.recipient.name} {view.recipient.phone}</p><p class="muted">{view.recipient.region} {view.recipient.address}</p></Card>}
    </>
  );
}

function CaseLine({ row }: { row: OrderView['after_sales'][number] }) {
  const { say } = useText();
  return <><span>{say(row.kind_label)}</span><Pill label={row.state_label} /><span class="grow" />{row.due_at && !row.closed_at && <Countdown due={row.due_at} />}<span class="muted" aria-hidden>›</span></>;
}

export function Parcels({ shipments }: { shipments: Shipment[] }) {
  const { t, say, word } = useText();
  return (
    <Card title={t('portal.parcels')}>
      {shipments.length === 0 && <p class="muted">{t('portal.no_parcels')}</p>}
      <ul class="rows">
        {shipments.map((s) => (
          <li key={s.id}>
            <p><span class="muted">{word('direction', s.direction)}</span> {say(s.carrier_name)} <span class="num">{s.waybill}</span></p>
            <small class="muted">{s.delivered_at ? t('portal.delivered_at', { at: at(s.delivered_at) }) : t('portal.announced_at', { at: at(s.announced_at) })}</small>
            {s.scans.map((scan) => <small class="muted block" key={scan.event_id}>{at(scan.at)} {word('scan', scan.kind)} {scan.place}</small>)}
          </li>
        ))}
      </ul>
    </Card>
  );
}
