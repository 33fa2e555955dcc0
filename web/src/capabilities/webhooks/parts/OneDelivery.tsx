/** A delivery: its message as it is sent, and each try. */

import { useQuery } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import { At } from '@/kit/At';
import { Dialog } from '@/kit/Dialog';
import { useRefusal, useSending } from '@/kit/fields';
import { Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { failureOf, KEY } from './words';

export function OneDelivery({ webhook, id, onClose }: { webhook: string; id: string; onClose: () => void }) {
  const { t } = useText();
  const query = useQuery({ queryKey: [KEY, 'delivery', id], queryFn: () => calls.delivery(webhook, id) });
  const sending = useSending(() => calls.sendAgain(webhook, { delivery: id }), onClose, [KEY, `${KEY}-${webhook}`]);
  const { failure } = useRefusal(sending.error, []);
  return (
    <Dialog
      title={query.data?.delivery.kind ?? t('webhooks.deliveries')} shape="wide" onClose={onClose}
      ok={{ text: t('webhooks.again'), onOk: () => sending.mutate(), isSending: sending.isPending, isDisabled: !query.data }}
    >
      {failure}
      <Loaded query={query} rows={4}>
        {({ attempts, message }) => (
          <>
            <ol className="tries">
              {attempts.map((one) => (
                <li key={one.at}>
                  <At at={one.at} seconds /> <span className={one.failure ? 'bad' : 'good'}>{one.failure ? t(failureOf(one.failure)) : t('webhooks.done')}</span>
                  {one.status !== null && <span className="num"> HTTP {one.status}</span>} <span className="muted num">{one.took_ms} ms</span>
                </li>
              ))}
            </ol>
            {attempts.length === 0 && <p className="muted">{t('webhooks.no_tries')}</p>}
            <pre className="message" tabIndex={0}>{JSON.stringify(message, null, 2)}</pre>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
