/** Deleting a file before its time. */

import { App, Button } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import { Dialog } from '@/kit/Dialog';
import { problemText, useText } from '@/kit/text';

export function Forget({ id }: { id: string }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const forgetting = useMutation({
    mutationFn: () => calls.forgetImport(id),
    onSuccess: (now) => {
      setAsked(false);
      client.setQueryData(['import', id, 'view'], now);
    },
    onError: (error) => void message.error(problemText(t, problemOf(error))),
  });
  const ok = { text: t('imports.forget'), onOk: () => forgetting.mutate(), isSending: forgetting.isPending };
  return (
    <>
      <Button size="small" onClick={() => setAsked(true)}>{t('imports.forget')}</Button>
      {isAsked && <Dialog title={t('imports.forget')} ok={ok} onClose={() => setAsked(false)}><p>{t('imports.forget_about')}</p></Dialog>}
    </>
  );
}
