/** Under which key sensitive fields lie, who opens them, and a new key. */

import { App, Button } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { SealKeys } from '@/api/types';
import { At } from '@/kit/At';
import { Dialog } from '@/kit/Dialog';
import { Card, Facts } from '@/kit/Facts';
import { Loaded } from '@/kit/PageState';
import { Perm } from '@/kit/Perm';
import { problemText, useText } from '@/kit/text';

const KEY = ['keys'];
/** How often a rotation is looked at while it goes on. */
const AGAIN_MS = 1_000;

export function Keys() {
  const { t } = useText();
  const [isAsking, setAsking] = useState(false);
  const query = useQuery({
    queryKey: KEY, queryFn: calls.keys, retry: false,
    refetchInterval: ({ state }) => (state.data?.is_rotating ? AGAIN_MS : false),
  });
  const rotate = <Perm needs="system.keys"><Button disabled={query.data?.is_rotating !== false} onClick={() => setAsking(true)}>{t('system.rotate')}</Button></Perm>;
  return (
    <Card title={t('system.keys')} extra={rotate}>
      <Loaded query={query}>{(keys) => <Body keys={keys} />}</Loaded>
      {isAsking && <Ask onClose={() => setAsking(false)} />}
    </Card>
  );
}

function Body({ keys }: { keys: SealKeys }) {
  const { t } = useText();
  const keeper = (name: string) => {
    const [kind, print] = name.split(':');
    return <span key={name} className="keeper">{t(kind === 'secret' ? 'system.keeper_secret' : 'system.keeper_key')} <code>{print}</code></span>;
  };
  return (
    <Facts
      items={[
        [t('system.key'), <>{t('system.key_number', { number: keys.newest })} <span className="muted"><At at={keys.made_at} /></span></>],
        [t('system.rotation'), <span role="status">{t(keys.is_rotating ? 'system.rotating' : 'system.rotated')}</span>],
        [t('system.keepers'), <span className="keepers">{keys.keepers.map((one) => keeper(one.keeper))}</span>],
      ]}
    />
  );
}

function Ask({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const rotating = useMutation({
    mutationFn: calls.rotateKeys,
    onSuccess: (keys) => {
      client.setQueryData(KEY, keys);
      onClose();
    },
    onError: (error) => void message.error(problemText(t, problemOf(error))),
  });
  return (
    <Dialog title={t('system.rotate')} onClose={onClose} ok={{ text: t('system.rotate_do'), onOk: () => rotating.mutate(), isSending: rotating.isPending }}>
      <p>{t('system.rotate_about')}</p>
    </Dialog>
  );
}
