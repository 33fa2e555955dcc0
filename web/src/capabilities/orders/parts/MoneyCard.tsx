import { Link } from '@tanstack/react-router';
import type { Leg, OrderView } from '@/api/types';
import { At } from '@/kit/At';
import { Money } from '@/kit/Money';
import { State } from '@/kit/State';
import { useText } from '@/kit/text';
import { isFromElsewhere } from './elsewhere';

/** Money in and out of the order, then the ledger's own account of it. */
export function MoneyCard({ view }: { view: OrderView }) {
  const { t, word } = useText();
  if (view.payments.length === 0 && view.refunds.length === 0) return <NoPayment view={view} />;
  return (
    <>
      <table className="plain">
        <tbody>
          {view.payments.map((payment) => (
            <tr key={payment.case_id}>
              <td><Link to="/cases/$id" params={{ id: payment.case_id }}>{t('orders.payment')}</Link></td>
              <td><State label={payment.state_label} isEnded={payment.is_closed} /></td>
              <td className="muted reference">{payment.provider_ref}</td>
              <td className="right"><Money minor={payment.amount_minor} currency={payment.currency} /></td>
            </tr>
          ))}
          {view.refunds.map((refund) => (
            <tr key={refund.case_id}>
              <td><Link to="/cases/$id" params={{ id: refund.case_id }}>{t('orders.refund')}</Link></td>
              <td><State label={refund.state_label} isEnded={refund.is_closed} /></td>
              <td className="muted">{refund.outcome && word('outcome', refund.outcome)}</td>
              <td className="right"><Money minor={-refund.amount_minor} currency={refund.currency} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.legs.length > 0 && <Legs legs={view.legs} />}
    </>
  );
}

function NoPayment({ view }: { view: OrderView }) {
  const { t } = useText();
  return (
    <>
      <p className="muted">{t(isFromElsewhere(view.order) ? 'orders.money_elsewhere' : 'orders.no_money')}</p>
      {view.legs.length > 0 && <Legs legs={view.legs} />}
    </>
  );
}

function Legs({ legs }: { legs: Leg[] }) {
  const { t, word } = useText();
  return (
    <details className="legs">
      <summary>{t('orders.ledger')} <span className="count">{legs.length}</span></summary>
      <table className="plain">
        <tbody>
          {legs.map((leg, i) => (
            <tr key={i}>
              <td><At at={leg.at} seconds /></td>
              <td>{word('transfer', leg.kind)}</td>
              <td>{word('account', leg.account)}</td>
              <td className="right"><Money minor={leg.amount_minor} currency={leg.currency} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
