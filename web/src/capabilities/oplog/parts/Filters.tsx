/** What is looked for: who, what, to what, when, from where. All of it stands in the address. */

import { Button, Input } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useSession } from '@/app/session';
import * as calls from '@/api/calls';
import { fromInput, toInput } from '@/kit/format';
import { can } from '@/kit/Perm';
import { useText } from '@/kit/text';
import { useListUrl } from '@/kit/useListUrl';

/** For the platform: who is no person of a merchant or of its own. */
const OTHERS = ['anybody', 'buyers', 'clock', 'system', 'providers'] as const;
const NAMES = ['who', 'what', 'object', 'from', 'to', 'address'];

export function Filters() {
  const url = useListUrl();
  return <Fields key={NAMES.map((name) => url.search[name] ?? '').join('|')} />;
}

function Fields() {
  const { t } = useText();
  const url = useListUrl();
  const [object, setObject] = useState(url.search.object ?? '');
  const [address, setAddress] = useState(url.search.address ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    url.filter({ object: object.trim(), address: address.trim() });
  };
  return (
    <form className="oplog-filters" onSubmit={submit} role="search" aria-label={t('oplog.filters')}>
      <label>{t('oplog.who')}<WhoField /></label>
      <label>{t('oplog.what')}<WhatField /></label>
      <label>{t('oplog.object')}<Input name="object" value={object} maxLength={64} placeholder={t('oplog.object_hint')} onChange={(e) => setObject(e.target.value)} /></label>
      <label>{t('oplog.address')}<Input name="address" value={address} maxLength={45} placeholder="203.0.113.*" onChange={(e) => setAddress(e.target.value)} /></label>
      <label>{t('oplog.from')}<TimeField name="from" /></label>
      <label>{t('oplog.to')}<TimeField name="to" /></label>
      <span className="line"><Button htmlType="submit">{t('oplog.find')}</Button></span>
    </form>
  );
}

function WhoField() {
  const { t, word } = useText();
  const url = useListUrl();
  const session = useSession();
  const isPlatform = session?.party === 'platform';
  const members = useQuery({ queryKey: ['members', 'all'], queryFn: () => calls.members({ limit: 200 }), enabled: can(session, 'members.manage') });
  const who = url.search.who ?? '';
  const people = members.data?.items ?? [];
  const isOther = who !== '' && !people.some((one) => one.id === who) && !OTHERS.some((one) => one === who);
  return (
    <select name="who" className="plain-select" value={who} onChange={(e) => url.filter({ who: e.target.value })}>
      <option value="">{t(isPlatform ? 'oplog.staff' : 'oplog.everybody')}</option>
      {isOther && <option value={who}>{who}</option>}
      {people.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
      {isPlatform && OTHERS.map((one) => <option key={one} value={one}>{word('who', one)}</option>)}
    </select>
  );
}

function WhatField() {
  const { t, say } = useText();
  const url = useListUrl();
  const kinds = useQuery({ queryKey: ['operation-kinds'], queryFn: calls.operationKinds });
  const what = url.search.what ?? '';
  const groups = kinds.data?.items ?? [];
  const isKnown = groups.some((one) => one.group === what || one.kinds.some((kind) => kind.kind === what));
  return (
    <select name="what" className="plain-select" value={what} onChange={(e) => url.filter({ what: e.target.value })}>
      <option value="">{t('oplog.all_kinds')}</option>
      {what !== '' && !isKnown && <option value={what}>{what}</option>}
      {groups.map((one) => (
        <optgroup key={one.group} label={say(one.label)}>
          <option value={one.group}>{t('oplog.all_of', { group: say(one.label) })}</option>
          {one.kinds.map((kind) => <option key={kind.kind} value={kind.kind}>{say(kind.label)}</option>)}
        </optgroup>
      ))}
    </select>
  );
}

/** In the market's time; taken when the field is left, for it is filled part by part. */
function TimeField({ name }: { name: 'from' | 'to' }) {
  const url = useListUrl();
  const given = url.search[name];
  const shown = given ? toInput(Date.parse(given)) : '';
  const [value, setValue] = useState(shown);
  const take = () => {
    if (value !== shown) url.filter({ [name]: value === '' ? '' : (fromInput(value) ?? '') });
  };
  return <input type="datetime-local" name={name} className="plain-select" value={value} onChange={(e) => setValue(e.target.value)} onBlur={take} />;
}
