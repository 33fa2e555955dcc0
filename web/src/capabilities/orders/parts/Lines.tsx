import type { Line } from '@/api/types';
import { unitPrice } from '@/kit/format';
import { Money } from '@/kit/Money';
import { useText } from '@/kit/text';

export function Lines({ lines, currency }: { lines: Line[]; currency: string }) {
  const { t, lang } = useText();
  const count = (n: number) => (n === 0 ? <span className="faint">–</span> : n);
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={t('orders.lines')}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('orders.goods')}</th>
            <th scope="col" className="right">{t('orders.unit_price')}</th>
            <th scope="col" className="right">{t('orders.quantity')}</th>
            <th scope="col" className="right">{t('orders.amount')}</th>
            <th scope="col" className="right">{t('orders.shipped')}</th>
            <th scope="col" className="right">{t('orders.stopped')}</th>
            <th scope="col" className="right">{t('orders.refunded')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <td>{line.title} <span className="muted">{line.spec}</span></td>
              <td className="right num">{unitPrice(line.unit_price, currency, lang)}</td>
              <td className="right num">{line.quantity}</td>
              <td className="right"><Money minor={line.amount_minor} currency={currency} /></td>
              <td className="right num">{count(line.shipped)}</td>
              <td className="right num">{count(line.stopped)}</td>
              <td className="right num">{line.refunded === 0 ? count(0) : <>{line.refunded} · <Money minor={line.refunded_minor} currency={currency} /></>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
