import { Button, Select } from 'antd';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { AfterSales, CaseView, FormField } from '@/api/types';
import { useSession } from '@/app/session';
import { At } from '@/kit/At';
import { CHANNELS } from '@/kit/codes';
import { Card } from '@/kit/Facts';
import { FormDialog } from '@/kit/FormDialog';
import { toInput } from '@/kit/format';
import { can } from '@/kit/Perm';
import { businessNow } from '@/kit/ticker';
import { useText } from '@/kit/text';

const FORM: FormField[] = [{ name: 'at', kind: 'instant', is_required: true }, { name: 'note', kind: 'text', is_required: true }];

/** When and how the merchant spoke with the buyer; some acts need it. */
export function Contacts({ view, about }: { view: CaseView; about: AfterSales }) {
  const { t, word } = useText();
  const [isOpen, setOpen] = useState(false);
  const mayRecord = can(useSession(), 'aftersales.decide') && !view.is_closed;
  const extra = mayRecord && <Button type="link" onClick={() => setOpen(true)}>{t('aftersales.record_contact')}</Button>;
  return (
    <Card title={t('aftersales.contacts')} extra={extra}>
      {about.contacts.length === 0 && <p className="muted">{t('aftersales.no_contacts')}</p>}
      <ul className="plain-list">
        {about.contacts.map((contact, i) => (
          <li key={i} className="stack">
            <span className="line"><span className="pill">{word('channel', contact.channel)}</span><At at={contact.at} /></span>
            <span>{contact.note}</span>
          </li>
        ))}
      </ul>
      {isOpen && <ContactDialog view={view} onClose={() => setOpen(false)} />}
    </Card>
  );
}

function ContactDialog({ view, onClose }: { view: CaseView; onClose: () => void }) {
  const { t, word } = useText();
  const [channel, setChannel] = useState('phone');
  const send = (input: Record<string, unknown>) => calls.recordContact(view.id, { channel, at: String(input.at), note: String(input.note) });
  const channels = CHANNELS.map((code) => ({ value: code, label: word('channel', code) }));
  return (
    <FormDialog
      name="contact" title={t('aftersales.record_contact')} hint={t('aftersales.contact_hint')} form={FORM} initial={{ at: toInput(businessNow()) }}
      send={send} onClose={onClose}
    >
      <div className="field">
        <label htmlFor="contact-channel">{word('field', 'channel')}</label>
        <Select id="contact-channel" value={channel} options={channels} onChange={setChannel} style={{ width: '100%' }} />
      </div>
    </FormDialog>
  );
}
