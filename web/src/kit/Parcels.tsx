import type { Shipment } from '@/api/types';
import { At } from './At';
import { useText } from './text';

/** Newest scans shown of a parcel. */
const SCANS_SHOWN = 4;

/** Parcels, or `none` where there is not one. */
export function Parcels({ shipments, none }: { shipments: Shipment[]; none?: string }) {
  const { t } = useText();
  if (shipments.length === 0) return <p className="muted">{none ?? t('orders.no_parcels')}</p>;
  return <ul className="plain-list">{shipments.map((shipment) => <Parcel key={shipment.id} shipment={shipment} />)}</ul>;
}

function Parcel({ shipment }: { shipment: Shipment }) {
  const { t, say, word } = useText();
  return (
    <li className="stack">
      <span className="line"><span className="pill">{word('direction', shipment.direction)}</span>{say(shipment.carrier_name)} <span className="num">{shipment.waybill}</span></span>
      <small className="muted">
        {shipment.delivered_at
          ? <>{t('orders.delivered_at', { at: '' })}<At at={shipment.delivered_at} /></>
          : <>{t('orders.announced_at', { at: '' })}<At at={shipment.announced_at} /></>}
      </small>
      {shipment.scans.slice(-SCANS_SHOWN).map((scan) => (
        <small key={scan.event_id} className="muted"><At at={scan.at} /> {word('scan', scan.kind)} {scan.place}</small>
      ))}
    </li>
  );
}
