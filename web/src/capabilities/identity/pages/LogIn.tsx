import { Button, Input } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import * as calls from '@/api/calls';
import { fieldOf, problemOf, type Problem } from '@/api/problem';
import type { Party, Person } from '@/api/types';
import { Looks } from '@/app/Looks';
import { enter } from '@/app/session';
import { Secret } from '@/kit/Secret';
import { problemText, useText } from '@/kit/text';
import { CodeInput } from '../parts/CodeInput';

const FIELDS = ['login', 'password', 'code'];
const CODE_NEEDED = 'identity.second_factor_needed';

export function LogIn() {
  const { t } = useText();
  // Whoever has just registered comes with the name that was given out.
  const given = useRouterState({ select: (state) => (state.location.search as { login?: string }).login ?? '' });
  const [login, setLogin] = useState(given);
  const [password, setPassword] = useState('');
  /** Null until the server asks for it. */
  const [code, setCode] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const go = async (who: string, secret: string, typed: string | null = null) => {
    setSending(true);
    setProblem(null);
    try {
      await enter(who, secret, typed ?? undefined);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === CODE_NEEDED) {
        setLogin(who);
        setPassword(secret);
        setCode('');
      } else setProblem(problem);
      setSending(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void go(login.trim(), password, code);
  };
  const field = problem && fieldOf(problem, FIELDS);
  return (
    <main className="log-in">
      <div className="log-in-tools">
        <Looks />
      </div>
      <section className="card log-in-card">
        <h1><img src="/icon.svg" alt="" width={28} height={28} />{t('kit.product')}</h1>
        <p className="muted">{t('identity.slogan')}</p>
        <form onSubmit={submit}>
          <div className="field">
            <label htmlFor="login">{t('identity.login')}</label>
            <Input id="login" autoComplete="username" autoFocus={given === ''} required value={login} status={field === 'login' ? 'error' : ''} onChange={(e) => { setLogin(e.target.value); setCode(null); }} />
          </div>
          <div className="field">
            <label htmlFor="password">{t('identity.password')}</label>
            <Secret id="password" autoComplete="current-password" value={password} isInvalid={field === 'password'} isFocused={given !== ''} onChange={setPassword} />
          </div>
          {code !== null && <CodeInput id="code" isFocused value={code} isInvalid={field === 'code'} onChange={setCode} />}
          {problem && <p className="form-failure" role="alert">{problemText(t, problem)}</p>}
          <Button type="primary" htmlType="submit" block loading={isSending}>{t('identity.enter')}</Button>
        </form>
        <p className="to-register">{t('verification.no_account')} <Link to="/register">{t('verification.register')}</Link></p>
      </section>
      <People onPick={(person) => void go(person.login, person.password)} />
    </main>
  );
}

const PARTIES: Party[] = ['platform', 'merchant', 'buyer'];

/** Demo servers name people one may be; others answer 404 and nothing is shown. */
function People({ onPick }: { onPick: (person: Person) => void }) {
  const { t, word } = useText();
  const people = useQuery({ queryKey: ['demo', 'people'], queryFn: calls.demoPeople, retry: false, staleTime: Infinity });
  if (!people.data || people.data.length === 0) return null;
  return (
    <section className="people" aria-labelledby="people-title">
      <h2 id="people-title">{t('identity.people')}<small className="muted">{t('identity.people_hint')}</small></h2>
      <p className="to-tour"><Link to="/tour">{t('identity.to_tour')}</Link></p>
      {PARTIES.map((party) => (
        <Group key={party} title={word('party', party)} people={people.data.filter((person) => person.party === party)} onPick={onPick} />
      ))}
    </section>
  );
}

/** The people of one side; those who are not shown at once are behind a fold. */
function Group({ title, people, onPick }: { title: string; people: Person[]; onPick: (person: Person) => void }) {
  const { t } = useText();
  const rest = people.filter((person) => !person.is_featured);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <Listed people={people.filter((person) => person.is_featured)} onPick={onPick} />
      {rest.length > 0 && (
        <details>
          <summary>{t('identity.more_people', { count: rest.length })}</summary>
          <Listed people={rest} onPick={onPick} />
        </details>
      )}
    </section>
  );
}

function Listed({ people, onPick }: { people: Person[]; onPick: (person: Person) => void }) {
  const { say, word } = useText();
  return (
    <ul>
      {people.map((person) => (
        <li key={person.login}>
          <button type="button" onClick={() => onPick(person)}>
            <strong>{person.name}</strong>
            {person.org && <span className="muted">{person.org}</span>}
            {say(person.about) !== word('party', person.party) && <span className="muted">{say(person.about)}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}
