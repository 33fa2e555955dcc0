/** What the merchant's people note on an order among themselves; the buyer does not see it. */

import { Button, Input } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession } from '@/app/session';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { OrderView } from '@/api/types';
import { At } from '@/kit/At';
import { Dialog } from '@/kit/Dialog';
import { Card } from '@/kit/Facts';
import { can, Perm } from '@/kit/Perm';
import { problemText, useText } from '@/kit/text';

const CHARS_MAX = 500;

export function RemarkCard({ view }: { view: OrderView }) {
  const { t } = useText();
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  const remark = view.merchant_remark;
  const mayWrite = can(session, 'orders.remark') && session?.party === 'merchant';
  const extra = mayWrite && <Button type="link" onClick={() => setOpen(true)}>{t('orders.merchant_remark_edit')}</Button>;
  return (
    <Card title={t('orders.merchant_remark')} extra={extra}>
      {remark?.text ? <p className="merchant-remark">{remark.text}</p> : <p className="muted">{t('orders.merchant_remark_none')}</p>}
      {remark && (
        <small className="muted">
          {remark.by} <At at={remark.at} />{' '}
          <Perm needs="operations.read"><Link to="/operations" search={{ object: view.order.number, what: 'order.remark_changed' } as never}>{t('orders.merchant_remark_log')}</Link></Perm>
        </small>
      )}
      {isOpen && <Edit view={view} onClose={() => setOpen(false)} />}
    </Card>
  );
}

function Edit({ view, onClose }: { view: OrderView; onClose: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const remark = view.merchant_remark;
  const [text, setText] = useState(remark?.text ?? '');
  const sending = useMutation({
    mutationFn: () => calls.changeRemark(view.order.id, { remark: text, seen: remark?.id ?? null }),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ['order', view.order.id] }),
  });
  const ok = { text: t('orders.merchant_remark_save'), onOk: () => sending.mutate(), isSending: sending.isPending };
  return (
    <Dialog title={t('orders.merchant_remark')} ok={ok} onClose={onClose}>
      {sending.error && <p className="form-failure" role="alert">{problemText(t, problemOf(sending.error))}</p>}
      <div className="field">
        <label htmlFor="merchant-remark">{t('orders.merchant_remark_hint')}</label>
        <Input.TextArea id="merchant-remark" value={text} maxLength={CHARS_MAX} rows={4} onChange={(e) => setText(e.target.value)} />
      </div>
    </Dialog>
  );
}
