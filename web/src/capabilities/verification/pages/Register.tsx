/** Whoever wants to sell here registers; the log-in name is given out by the server. */

import { App, Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import * as calls from '@/api/calls';
import type { Consent } from '@/api/types';
import { Loaded } from '@/kit/PageState';
import { Secret } from '@/kit/Secret';
import { useText } from '@/kit/text';
import { ApplicantFields, SubjectChoice } from '../parts/ApplicantFields';
import { EMPTY, fieldsOf, type FieldName } from '../parts/fields';
import { useRefusal } from '../parts/useRefusal';
import '../verification.css';

/** The rest is filled in after the first log-in. */
const ASKED: readonly FieldName[] = ['name', 'code', 'legal_person', 'contact', 'phone', 'email'];
const LATER: readonly FieldName[] = ['code', 'legal_person'];

export function Register() {
  const [login, setLogin] = useState<string | null>(null);
  const query = useQuery({ queryKey: ['agreements'], queryFn: calls.agreements, staleTime: Infinity });
  return (
    <section className="card register">
      {login === null
        ? <Loaded query={query}>{({ agreements }) => <Form agreements={agreements} onDone={setLogin} />}</Loaded>
        : <Registered login={login} />}
    </section>
  );
}

function Form({ agreements, onDone }: { agreements: Consent[]; onDone: (login: string) => void }) {
  const { t } = useText();
  const [form, setForm] = useState(EMPTY);
  const [typed, setTyped] = useState({ password: '', again: '' });
  const [consents, setConsents] = useState<Consent[]>([]);
  const [isSending, setSending] = useState(false);
  const [isOther, setOther] = useState(false);
  const { refuse, at, failure } = useRefusal(form.subject);
  const send = async () => {
    setSending(true);
    refuse(null);
    try {
      onDone((await calls.register({ form, agreements: consents, password: typed.password })).login);
    } catch (error) {
      refuse(error);
      setSending(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setOther(typed.password !== typed.again);
    if (typed.password === typed.again) void send();
  };
  return (
    <form onSubmit={submit} noValidate>
      <h1>{t('verification.register')}</h1>
      <p className="muted">{t('verification.register_about')}</p>
      <SubjectChoice prefix="register" value={form.subject} onChange={(subject) => setForm({ ...form, subject })} />
      <ApplicantFields prefix="register" fields={fieldsOf(form.subject, ASKED)} optional={LATER} form={form} onChange={setForm} errorAt={at} />
      <Passwords typed={typed} onChange={setTyped} error={at('password')} isOther={isOther} />
      <Agreements all={agreements} given={consents} onChange={setConsents} error={at('agreements')} />
      {failure && <p className="form-failure" role="alert">{failure}</p>}
      <p className="line wrap">
        <Button type="primary" htmlType="submit" loading={isSending}>{t('verification.send_registration')}</Button>
        <Link to="/">{t('verification.to_log_in')}</Link>
      </p>
    </form>
  );
}

type Typed = { password: string; again: string };
type PasswordsProps = { typed: Typed; onChange: (typed: Typed) => void; error: string; isOther: boolean };

function Passwords({ typed, onChange, error, isOther }: PasswordsProps) {
  const { t } = useText();
  return (
    <div className="applicant-fields">
      <div className="field">
        <label htmlFor="register-password">{t('verification.password')}<span className="star" aria-hidden>*</span></label>
        <Secret id="register-password" autoComplete="new-password" value={typed.password} isInvalid={error !== ''} onChange={(password) => onChange({ ...typed, password })} />
        <small className={error ? 'bad' : 'muted'} role={error ? 'alert' : undefined}>{error || t('verification.password_hint')}</small>
      </div>
      <div className="field">
        <label htmlFor="register-again">{t('verification.password_again')}<span className="star" aria-hidden>*</span></label>
        <Secret id="register-again" autoComplete="new-password" value={typed.again} isInvalid={isOther} onChange={(again) => onChange({ ...typed, again })} />
        {isOther && <small className="bad" role="alert">{t('verification.not_the_same')}</small>}
      </div>
    </div>
  );
}

type AgreementsProps = { all: Consent[]; given: Consent[]; onChange: (given: Consent[]) => void; error: string };

/** One box each: who has read one text has not read the others. */
function Agreements({ all, given, onChange, error }: AgreementsProps) {
  const { t, word } = useText();
  const flip = (consent: Consent) => onChange(all.filter((one) => (one === consent) !== given.includes(one)));
  return (
    <fieldset className="choices">
      <legend>{t('verification.agreements')}<span className="star" aria-hidden>*</span></legend>
      {all.map((consent) => (
        <label key={consent.agreement}>
          <input type="checkbox" name={consent.agreement} checked={given.includes(consent)} onChange={() => flip(consent)} />
          {t('verification.consent', { name: word('agreement', consent.agreement), version: consent.version })}
        </label>
      ))}
      {error && <small className="bad" role="alert">{error}</small>}
    </fieldset>
  );
}

function Registered({ login }: { login: string }) {
  const { t } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const copy = async () => {
    await navigator.clipboard.writeText(login);
    void message.success(t('kit.copied'));
  };
  return (
    <div className="registered">
      <h1 ref={title} tabIndex={-1}>{t('verification.registered')}</h1>
      <p>{t('verification.registered_about')}</p>
      <p className="given-login"><code>{login}</code>{'clipboard' in navigator && <Button onClick={() => void copy()}>{t('verification.copy')}</Button>}</p>
      <p className="soon">{t('verification.keep_login')}</p>
      <p><Button type="primary" onClick={() => void navigate({ to: '/verification', search: { login } as never })}>{t('verification.go_on')}</Button></p>
    </div>
  );
}
