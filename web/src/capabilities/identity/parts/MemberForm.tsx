/** Adding and changing a member. */

import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import * as calls from '@/api/calls';
import type { Member } from '@/api/memberTypes';
import { useSession } from '@/app/session';
import { Dialog } from '@/kit/Dialog';
import { Field, TextField, useRefusal } from '@/kit/fields';
import { useText } from '@/kit/text';
import { useSend } from './useSend';

/** A first choice that is no more than most people of a team need. */
const FIRST_ROLE = 'merchant_service';

export function AddMember({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const [draft, setDraft] = useState({ login: '', name: '', phone: '', role: '', password: '' });
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const { phone, ...rest } = draft;
  const sending = useSend(() => calls.addMember({ ...rest, ...(phone.trim() ? { phone } : {}) }), onClose);
  const { failure, at } = useRefusal(sending.error, ['login', 'name', 'phone', 'role', 'password']);
  const isReady = [draft.login, draft.name, draft.role, draft.password].every((text) => text.trim() !== '');
  return (
    <Dialog
      title={t('identity.add_member')} onClose={onClose}
      ok={{ text: t('identity.add_member'), onOk: () => sending.mutate(), isSending: sending.isPending, isDisabled: !isReady }}
    >
      {failure}
      <TextField id="member-login" label={t('identity.login')} value={draft.login} max={64} error={at('login')} onChange={(login) => set({ login })} />
      <TextField id="member-name" label={t('identity.name')} value={draft.name} max={64} error={at('name')} onChange={(name) => set({ name })} />
      <TextField id="member-phone" label={t('identity.phone')} value={draft.phone} max={24} error={at('phone')} onChange={(value) => set({ phone: value })} />
      <RoleField value={draft.role} first={FIRST_ROLE} error={at('role')} onChange={(role) => set({ role })} />
      <TextField
        id="member-password" label={t('identity.first_password')} hint={t('identity.first_password_hint')} isSecret
        value={draft.password} max={200} error={at('password')} onChange={(password) => set({ password })}
      />
    </Dialog>
  );
}

export function EditMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useText();
  const session = useSession();
  const [name, setName] = useState(member.name);
  const [role, setRole] = useState(member.role);
  const [isOwner, setOwner] = useState(member.is_owner);
  const changes = {
    version: member.version,
    ...(name.trim() === member.name ? {} : { name }),
    // Ownership comes with its role.
    ...(role === member.role || isOwner ? {} : { role }),
    ...(isOwner === member.is_owner ? {} : { is_owner: isOwner }),
  };
  const sending = useSend(() => calls.changeMember(member.id, changes), onClose);
  const { failure, at } = useRefusal(sending.error, ['name', 'role']);
  return (
    <Dialog
      title={`${t('identity.edit_member')} · ${member.login}`} onClose={onClose}
      ok={{ text: t('kit.confirm'), onOk: () => sending.mutate(), isSending: sending.isPending, isDisabled: name.trim() === '' }}
    >
      {failure}
      <TextField id="member-name" label={t('identity.name')} value={name} max={64} error={at('name')} onChange={setName} />
      {member.may_change && !isOwner && <RoleField value={role} error={at('role')} onChange={setRole} />}
      {session?.is_owner && (
        <div className="choices">
          <label><input type="checkbox" name="owner" checked={isOwner} onChange={(e) => setOwner(e.target.checked)} />{t('identity.make_owner')}</label>
        </div>
      )}
    </Dialog>
  );
}

type RoleProps = { value: string; first?: string; error: string; onChange: (role: string) => void };

/** Roles that the reader may give, and the present one. */
function RoleField({ value, first = '', error, onChange }: RoleProps) {
  const { t, say } = useText();
  const query = useQuery({ queryKey: ['roles'], queryFn: calls.roles });
  const roles = (query.data?.items ?? []).filter((one) => one.may_give || one.role === value);
  const chosen = value || (roles.find((one) => one.role === first) ?? roles[0])?.role || '';
  useEffect(() => {
    if (chosen !== value) onChange(chosen);
  }, [chosen]);
  return (
    <Field id="member-role" label={t('identity.role')} error={error}>
      {(common) => (
        <select {...common} className="plain-select" value={chosen} onChange={(e) => onChange(e.target.value)}>
          {roles.map((one) => <option key={one.role} value={one.role}>{say(one.label)}</option>)}
        </select>
      )}
    </Field>
  );
}

/** Disables a member, or the other way round. */
export function ToggleMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useText();
  const who = { name: member.name, login: member.login };
  const isBack = member.is_disabled;
  const sending = useSend(() => calls.changeMember(member.id, { version: member.version, is_disabled: !isBack }), onClose);
  const { failure } = useRefusal(sending.error, []);
  return (
    <Dialog
      title={isBack ? t('identity.enable_title', who) : t('identity.disable_title', who)} onClose={onClose}
      ok={{ text: isBack ? t('identity.enable') : t('identity.disable'), onOk: () => sending.mutate(), isSending: sending.isPending }}
    >
      {failure}
      <p>{isBack ? t('identity.enable_text', who) : t('identity.disable_text', who)}</p>
    </Dialog>
  );
}

export function ResetSecondFactor({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useText();
  const who = { name: member.name, login: member.login };
  const sending = useSend(() => calls.resetSecondFactor(member.id), onClose);
  const { failure } = useRefusal(sending.error, []);
  return (
    <Dialog title={t('identity.reset_title', who)} onClose={onClose} ok={{ text: t('identity.reset_second_factor'), onOk: () => sending.mutate(), isSending: sending.isPending }}>
      {failure}
      <p>{t('identity.reset_text', who)}</p>
    </Dialog>
  );
}
