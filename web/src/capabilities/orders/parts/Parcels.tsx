import type { Shipment } from '@/api/types';
import { At } from '@/kit/At';
import { useText } from '@/kit/text';

export function Parcels({ shipments }: { shipments: Shipment[] }) {
  const { t } = useText();
  if (shipments.length === 0) return <p className="muted">{t('orders.no_parcels')}</p>;
  return <ul className="plain-list">{shipments.map((shipment) => <Parcel key={shipment.id} shipment={shipment} />)}</ul>;
}

function Parcel({ shipment }: { shipment: Shipment }) {
  const { t, say, word } = useText();
  const isReturn = shipment.direction !== 'outbound' && shipment.direction !== 'out';
  const carrier = shipment.carrier_label ? say(shipment.carrier_label) : word('carrier', shipment.carrier);
  return (
    <li className="stack">
      <span className="line"><span className="pill">{isReturn ? t('orders.inbound') : t('orders.outbound')}</span>{carrier} <span className="num">{shipment.waybill}</span></span>
      <small className="muted">
        {shipment.delivered_at
          ? <>{t('orders.delivered_at', { at: '' })}<At at={shipment.delivered_at} /></>
          : <>{t('orders.announced_at', { at: '' })}<At at={shipment.announced_at} /></>}
      </small>
      {(shipment.scans ?? []).slice(-3).map((scan) => (
        <small key={`${scan.kind}${scan.at}`} className="muted"><At at={scan.at} /> {scan.label ? say(scan.label) : scan.kind} {scan.place}</small>
      ))}
    </li>
  );
}
