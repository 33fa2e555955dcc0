/** Adding, changing and removing a webhook, and giving it another secret. */

import { App, Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { Webhook } from '@/api/webhookTypes';
import { Dialog } from '@/kit/Dialog';
import { toggled } from '@/kit/DataTable';
import { TextField, useRefusal, useSending } from '@/kit/fields';
import { useText } from '@/kit/text';
import { KEY } from './words';

export function EditWebhook({ webhook, onClose }: { webhook: Webhook | null; onClose: () => void }) {
  const { t } = useText();
  const [url, setUrl] = useState(webhook?.url ?? 'https://');
  const [kinds, setKinds] = useState<ReadonlySet<string>>(new Set(webhook?.kinds));
  const [isEnabled, setEnabled] = useState(webhook?.is_enabled ?? true);
  const [secret, setSecret] = useState<string | null>(null);
  const body = { url: url.trim(), kinds: [...kinds] };
  const send = async () => {
    if (webhook === null) setSecret((await calls.addWebhook(body)).secret);
    else await calls.changeWebhook(webhook.id, { ...body, is_enabled: isEnabled, version: webhook.version });
  };
  const sending = useSending(send, () => webhook !== null && onClose(), [KEY]);
  const { failure, at } = useRefusal(sending.error, ['url']);
  if (secret) return <Secret secret={secret} onClose={onClose} />;
  return (
    <Dialog
      title={t(webhook ? 'webhooks.edit_title' : 'webhooks.add')} shape="wide" onClose={onClose}
      ok={{ text: t('kit.confirm'), onOk: () => sending.mutate(), isSending: sending.isPending, isDisabled: url.trim().length < 9 }}
    >
      {failure}
      <TextField id="webhook-url" label={t('webhooks.url')} hint={t('webhooks.url_hint')} value={url} max={500} error={at('url')} onChange={setUrl} />
      {webhook && (
        <p><label className="check"><input type="checkbox" checked={isEnabled} onChange={(e) => setEnabled(e.target.checked)} /> {t('webhooks.enabled_hint')}</label></p>
      )}
      <Kinds kinds={kinds} onChange={setKinds} />
    </Dialog>
  );
}

/** Groups of events to choose from; none chosen means all. */
function Kinds({ kinds, onChange }: { kinds: ReadonlySet<string>; onChange: (kinds: ReadonlySet<string>) => void }) {
  const { t, say } = useText();
  const known = useQuery({ queryKey: ['operations', 'kinds'], queryFn: calls.operationKinds, retry: false });
  const groups = (known.data?.items ?? []).map(({ group, label }) => ({ word: group, label: say(label) }));
  // What was asked for by the API and stands in no list stays as it is.
  const others = [...kinds].filter((kind) => !groups.some((group) => group.word === kind)).map((word) => ({ word, label: word }));
  return (
    <fieldset className="choices kinds">
      <legend>{t('webhooks.kinds')} <small className="muted">{t(kinds.size === 0 ? 'webhooks.all_kinds_hint' : 'webhooks.some_kinds_hint')}</small></legend>
      {[...groups, ...others].map(({ word, label }) => (
        <label key={word}><input type="checkbox" name={word} checked={kinds.has(word)} onChange={() => onChange(toggled(kinds, word))} />{label}</label>
      ))}
    </fieldset>
  );
}

/** A secret, shown once. */
function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    void message.success(t('kit.copied'));
  };
  return (
    <Dialog title={t('webhooks.secret')} shape="wide" ok={{ text: t('webhooks.secret_is_kept'), onOk: onClose, isSending: false }} onClose={onClose}>
      <p>{t('webhooks.secret_hint')}</p>
      <p className="secret"><code>{secret}</code></p>
      <p className="line"><Button onClick={() => void copy()}>{t('webhooks.copy')}</Button><small className="soon">{t('webhooks.secret_once')}</small></p>
    </Dialog>
  );
}

export function NewSecret({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useText();
  const [secret, setSecret] = useState<string | null>(null);
  const sending = useSending(async () => setSecret((await calls.newWebhookSecret(webhook.id)).secret), () => undefined, [KEY]);
  const { failure } = useRefusal(sending.error, []);
  if (secret) return <Secret secret={secret} onClose={onClose} />;
  return (
    <Dialog title={t('webhooks.new_secret')} onClose={onClose} ok={{ text: t('webhooks.new_secret'), onOk: () => sending.mutate(), isSending: sending.isPending }}>
      {failure}
      <p>{t('webhooks.new_secret_text')}</p>
    </Dialog>
  );
}

export function RemoveWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useText();
  const sending = useSending(() => calls.removeWebhook(webhook.id), onClose, [KEY]);
  const { failure } = useRefusal(sending.error, []);
  return (
    <Dialog title={t('webhooks.remove_title')} onClose={onClose} ok={{ text: t('webhooks.remove'), onOk: () => sending.mutate(), isSending: sending.isPending }}>
      {failure}
      <p className="ellipsis">{webhook.url}</p>
      <p>{t('webhooks.remove_text')}</p>
    </Dialog>
  );
}
