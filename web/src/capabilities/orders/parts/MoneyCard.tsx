import { Link } from '@tanstack/react-router';
import type { Label, OrderView } from '@/api/types';
import { At } from '@/kit/At';
import { Money } from '@/kit/Money';
import { State } from '@/kit/State';
import { useText } from '@/kit/text';

type Row = { id: string; name: string; label?: Label; minor: number; currency: string; about: string | null };

/** Money in and out of the order, then the ledger's own account of it. */
export function MoneyCard({ view }: { view: OrderView }) {
  const { t } = useText();
  const rows: Row[] = [
    ...view.payments.map((p) => ({ id: p.id, name: t('orders.payment'), label: p.state_label, minor: p.amount_minor, currency: p.currency, about: p.provider_ref ?? null })),
    ...view.refunds.map((r) => ({ id: r.id, name: t('orders.refund'), label: r.state_label, minor: -r.amount_minor, currency: r.currency, about: null })),
  ];
  if (rows.length === 0) return <p className="muted">{t('orders.no_money')}</p>;
  return (
    <>
      <table className="plain">
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td><Link to="/cases/$id" params={{ id: row.id }}>{row.name}</Link></td>
              <td>{row.label && <State label={row.label} />}</td>
              <td className="muted num">{row.about}</td>
              <td className="right"><Money minor={row.minor} currency={row.currency} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.legs.length > 0 && <Legs view={view} />}
    </>
  );
}

function Legs({ view }: { view: OrderView }) {
  const { t, say } = useText();
  return (
    <details className="legs">
      <summary>{t('orders.ledger')} <span className="count">{view.legs.length}</span></summary>
      <table className="plain">
        <tbody>
          {view.legs.map((leg) => (
            <tr key={leg.id}>
              <td>{leg.account_label ? say(leg.account_label) : leg.account}</td>
              <td>{leg.at && <At at={leg.at} seconds />}</td>
              <td className="right"><Money minor={leg.amount_minor ?? leg.amount} currency={leg.currency} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
