/** Making, changing and deleting a role of the organisation. */

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { Role } from '@/api/memberTypes';
import { Dialog } from '@/kit/Dialog';
import { Loaded } from '@/kit/PageState';
import { TextField, useRefusal } from '@/kit/fields';
import { useText } from '@/kit/text';
import { useSend } from './useSend';
import { Permissions } from './Permissions';

export function RoleForm({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const { t, say } = useText();
  const [name, setName] = useState(say(role?.label));
  const [words, setWords] = useState<ReadonlySet<string>>(new Set(role?.permissions.map((one) => one.word)));
  const query = useQuery({ queryKey: ['permissions'], queryFn: calls.permissions });
  // A word that was once in the role and is none of the product's any more is not offered either.
  const offered = (query.data?.items ?? []).flatMap((group) => group.permissions.map((one) => one.word));
  const body = { name: name.trim(), permissions: offered.filter((word) => words.has(word)) };
  const send = () => (role ? calls.changeRole(role.role, { version: role.version ?? 0, ...body }) : calls.addRole(body));
  const sending = useSend<unknown>(send, onClose);
  const { failure, at } = useRefusal(sending.error, ['name']);
  return (
    <Dialog
      title={role ? t('identity.edit_role') : t('identity.add_role')} shape="wide" onClose={onClose}
      ok={{ text: t('kit.confirm'), onOk: () => sending.mutate(), isSending: sending.isPending, isDisabled: name.trim() === '' || query.data === undefined }}
    >
      {failure}
      <TextField id="role-name" label={t('identity.role_name')} value={name} max={40} error={at('name')} onChange={setName} />
      <Loaded query={query}>
        {(catalogue) => <Permissions groups={catalogue.items} words={words} onChange={setWords} />}
      </Loaded>
    </Dialog>
  );
}

export function DeleteRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const { t, say } = useText();
  const sending = useSend(() => calls.deleteRole(role.role, role.version ?? 0), onClose);
  const { failure } = useRefusal(sending.error, []);
  return (
    <Dialog
      title={t('identity.delete_role_title', { name: say(role.label) })} onClose={onClose}
      ok={{ text: t('identity.delete'), onOk: () => sending.mutate(), isSending: sending.isPending }}
    >
      {failure}
      <p>{t('identity.delete_role_text')}</p>
    </Dialog>
  );
}
