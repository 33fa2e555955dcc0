import { Button } from 'antd';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { OrderListed, Recipient } from '@/api/types';
import { Card, Facts } from '@/kit/Facts';
import { problemText, useText } from '@/kit/text';

/** Masked; looking behind the mask is an audited call and lasts while the page is open. */
export function RecipientCard({ order, recipient }: { order: OrderListed; recipient: Recipient | null }) {
  const { t, word } = useText();
  const [shown, setShown] = useState<Recipient | null>(null);
  const [failure, setFailure] = useState('');
  const reveal = async () => {
    try {
      setShown((await calls.reveal(order.id)).recipient);
    } catch (error) {
      setFailure(problemText(t, problemOf(error)));
    }
  };
  const person = shown ?? recipient;
  const extra = person && !shown && <Button type="link" title={t('orders.reveal_hint')} onClick={() => void reveal()}>{t('orders.reveal')}</Button>;
  return (
    <Card title={t('orders.recipient')} extra={extra}>
      <Facts
        items={[
          [word('field', 'name'), person?.name ?? order.buyer_name],
          [word('field', 'phone'), person?.phone],
          [word('field', 'region'), person?.region ?? order.region],
          [word('field', 'address'), person?.address],
        ]}
      />
      {failure && <small className="bad" role="alert">{failure}</small>}
    </Card>
  );
}
