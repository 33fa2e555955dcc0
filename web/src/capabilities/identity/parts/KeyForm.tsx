/** Making and revoking keys of the open API. */

import { App, Button, InputNumber, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { ApiKey, MadeKey, PermissionGroup } from '@/api/memberTypes';
import { Dialog, popupPlace } from '@/kit/Dialog';
import { Loaded } from '@/kit/PageState';
import { Field, TextField, useRefusal } from '@/kit/fields';
import { useText } from '@/kit/text';
import { useSend } from './useSend';
import { Permissions } from './Permissions';

const DAYS = [30, 90, 180, 366];
const PER_MINUTE = { usual: 600, max: 6000 };

/** What stays with people is not offered. */
function offered(groups: PermissionGroup[]): PermissionGroup[] {
  const left = groups.map((group) => ({ ...group, permissions: group.permissions.filter((one) => !one.is_people_only) }));
  return left.filter((group) => group.permissions.length > 0);
}

export function MakeKey({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const [perMinute, setPerMinute] = useState<number | null>(PER_MINUTE.usual);
  const [words, setWords] = useState<ReadonlySet<string>>(new Set());
  const [made, setMade] = useState<MadeKey | null>(null);
  const query = useQuery({ queryKey: ['permissions'], queryFn: calls.permissions });
  const send = () => calls.makeApiKey({ name: name.trim(), permissions: [...words], days, per_minute: perMinute ?? PER_MINUTE.usual });
  const sending = useSend(async () => setMade(await send()), () => undefined);
  const { failure, at } = useRefusal(sending.error, ['name', 'per_minute']);
  if (made) return <Token made={made} onClose={onClose} />;
  return (
    <Dialog
      title={t('identity.make_key')} shape="wide" onClose={onClose}
      ok={{ text: t('identity.make_key'), onOk: () => sending.mutate(), isSending: sending.isPending, isDisabled: name.trim() === '' || words.size === 0 }}
    >
      {failure}
      <TextField id="key-name" label={t('identity.key_name')} hint={t('identity.key_name_hint')} value={name} max={40} error={at('name')} onChange={setName} />
      <div className="beside">
        <Field id="key-days" label={t('identity.key_days')}>
          {(common) => (
            <Select
              {...common} value={days} onChange={setDays} getPopupContainer={popupPlace}
              options={DAYS.map((value) => ({ value, label: t('identity.days', { count: value }) }))}
            />
          )}
        </Field>
        <Field id="key-per-minute" label={t('identity.key_per_minute')} error={at('per_minute')}>
          {(common) => <InputNumber {...common} min={1} max={PER_MINUTE.max} precision={0} value={perMinute} onChange={setPerMinute} />}
        </Field>
      </div>
      <Loaded query={query}>
        {(catalogue) => <Permissions groups={offered(catalogue.items)} words={words} onChange={setWords} />}
      </Loaded>
    </Dialog>
  );
}

/** The token, shown once. */
function Token({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(made.token);
    void message.success(t('kit.copied'));
  };
  return (
    <Dialog title={t('identity.key_made', { name: made.key.name })} shape="wide" ok={{ text: t('identity.token_is_kept'), onOk: onClose, isSending: false }} onClose={onClose}>
      <p>{t('identity.token_hint')}</p>
      <p className="token"><code>{made.token}</code></p>
      <p className="line">
        <Button onClick={() => void copy()}>{t('identity.copy')}</Button>
        <small className="soon">{t('identity.codes_once')}</small>
      </p>
      <p className="muted">{t('identity.token_use')}</p>
      <pre className="token-use">curl -H &quot;Authorization: Bearer xk_…&quot; {window.location.origin}/v1/session</pre>
    </Dialog>
  );
}

export function RevokeKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useText();
  const sending = useSend(() => calls.revokeApiKey(apiKey.id), onClose);
  const { failure } = useRefusal(sending.error, []);
  return (
    <Dialog
      title={t('identity.revoke_title', { name: apiKey.name })} onClose={onClose}
      ok={{ text: t('identity.revoke'), onOk: () => sending.mutate(), isSending: sending.isPending }}
    >
      {failure}
      <p>{t('identity.revoke_text')}</p>
    </Dialog>
  );
}
