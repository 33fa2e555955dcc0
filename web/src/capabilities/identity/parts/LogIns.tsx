/** Where one is logged in; what one does not know is ended here. */

import { App, Button } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { OpenSession } from '@/api/types';
import { At } from '@/kit/At';
import { Card } from '@/kit/Facts';
import { Failed, Skeleton } from '@/kit/PageState';
import { problemText, useText } from '@/kit/text';

const KEY = ['sessions'];

export function LogIns() {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const open = useQuery({ queryKey: KEY, queryFn: calls.sessions });
  const ending = useMutation({
    mutationFn: (id: string | null) => (id === null ? calls.endOtherSessions() : calls.endSession(id)),
    onSuccess: () => void message.success(t('identity.ended')),
    onError: (error) => void message.error(problemText(t, problemOf(error))),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  const others = (open.data?.length ?? 0) > 1;
  return (
    <Card title={t('identity.log_ins')} extra={others && <Button danger loading={ending.isPending} onClick={() => ending.mutate(null)}>{t('identity.end_others')}</Button>}>
      <p className="muted">{t('identity.log_ins_hint')}</p>
      {open.isPending && <Skeleton />}
      {open.error && <Failed error={open.error} onRetry={() => void open.refetch()} />}
      <ul className="log-ins">
        {open.data?.map((one) => (
          <li key={one.id} data-id={one.id}>
            <Where session={one} />
            {one.is_current
              ? <span className="pill">{t('identity.this_one')}</span>
              : <Button disabled={ending.isPending} onClick={() => ending.mutate(one.id)}>{t('identity.end')}</Button>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Where({ session }: { session: OpenSession }) {
  const { t } = useText();
  const device = [session.browser, session.system].filter(Boolean).join(' · ');
  return (
    <div>
      <strong>{device || t('identity.unknown_device')}</strong>
      <span className="muted">{session.address && <span className="num">{session.address}</span>} {t('identity.since')} <At at={session.created_at} /></span>
    </div>
  );
}
