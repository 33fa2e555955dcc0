import { Button, Input } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import * as calls from '@/api/calls';
import { fieldOf, problemOf, type Problem } from '@/api/problem';
import type { Person } from '@/api/types';
import { chooseTheme, keepLang, useTheme } from '@/app/prefs';
import { enter } from '@/app/session';
import { problemText, useText } from '@/kit/text';

const FIELDS = ['login', 'password'];

export function LogIn() {
  const { t, lang } = useText();
  const theme = useTheme();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const go = async (who: string, secret: string) => {
    setSending(true);
    setProblem(null);
    try {
      await enter(who, secret);
    } catch (error) {
      setProblem(problemOf(error));
      setSending(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void go(login.trim(), password);
  };
  const field = problem && fieldOf(problem, FIELDS);
  return (
    <main className="log-in">
      <div className="log-in-tools">
        <Button type="text" onClick={() => void keepLang(lang === 'en' ? 'zh-CN' : 'en')}>{t('kit.language')}</Button>
        <Button type="text" onClick={() => chooseTheme(theme === 'dark' ? 'light' : 'dark')}>{theme === 'dark' ? t('kit.light') : t('kit.dark')}</Button>
      </div>
      <section className="card log-in-card">
        <h1><img src="/icon.svg" alt="" width={28} height={28} />{t('kit.product')}</h1>
        <p className="muted">{t('identity.slogan')}</p>
        <form onSubmit={submit}>
          <div className="field">
            <label htmlFor="login">{t('identity.login')}</label>
            <Input id="login" autoComplete="username" autoFocus required value={login} status={field === 'login' ? 'error' : ''} onChange={(e) => setLogin(e.target.value)} />
          </div>
          <div className="field">
            <label htmlFor="password">{t('identity.password')}</label>
            <Input
              id="password" type="password" autoComplete="current-password" required value={password} status={field === 'password' ? 'error' : ''}
              onChange={(e) => setPassword(e.target.value)}
            />
          </div>
          {problem && <p className="form-failure" role="alert">{problemText(t, problem)}</p>}
          <Button type="primary" htmlType="submit" block loading={isSending}>{t('identity.enter')}</Button>
        </form>
      </section>
      <People onPick={(person) => void go(person.login, person.password)} />
    </main>
  );
}

/** Demo servers name people one may be; others answer 404 and nothing is shown. */
function People({ onPick }: { onPick: (person: Person) => void }) {
  const { t, say, word } = useText();
  const people = useQuery({ queryKey: ['demo', 'people'], queryFn: calls.demoPeople, retry: false, staleTime: Infinity });
  if (!people.data || people.data.length === 0) return null;
  return (
    <section className="people" aria-labelledby="people-title">
      <h2 id="people-title">{t('identity.people')}<small className="muted">{t('identity.people_hint')}</small></h2>
      <ul>
        {people.data.map((person) => (
          <li key={person.login}>
            <button type="button" onClick={() => onPick(person)}>
              <span className="person-name"><strong>{person.name}</strong><span className="pill" data-party={person.party}>{word('party', person.party)}</span></span>
              {person.org && <span className="muted">{person.org}</span>}
              {say(person.about) !== word('party', person.party) && <span className="muted">{say(person.about)}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
