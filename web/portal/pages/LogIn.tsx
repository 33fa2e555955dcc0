/** @jsxImportSource preact */

import { useState } from 'preact/hooks';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { Person, Session } from '@/api/types';
import { useLoad } from '../load';
import { problemText, useText } from '../text';

const CODE_NEEDED = 'identity.second_factor_needed';

export function LogIn({ onEnter }: { onEnter: (session: Session) => void }) {
  const { t } = useText();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  /** Null until the server asks for it. */
  const [code, setCode] = useState<string | null>(null);
  const [failure, setFailure] = useState('');
  // Only demo servers answer.
  const people = useLoad('people', calls.demoPeople);
  const enter = (who: string, secret: string, typed: string | null = null) => {
    setFailure('');
    calls.logIn(who, secret, typed ?? undefined).then(onEnter, (error: unknown) => {
      const problem = problemOf(error);
      if (problem.code !== CODE_NEEDED) return setFailure(problemText(problem));
      setLogin(who);
      setPassword(secret);
      setCode('');
    });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    enter(login.trim(), password, code);
  };
  const buyers = (people.data ?? []).filter((p) => p.party === 'buyer');
  const rest = buyers.filter((p) => !p.is_featured);
  return (
    <>
      <form class="card log-in" onSubmit={submit}>
        <h1>{t('portal.product')}</h1>
        <p class="muted">{t('portal.slogan')}</p>
        <label class="field"><span>{t('portal.login')}</span>
          <input autocomplete="username" required value={login} onInput={(e) => setLogin(e.currentTarget.value)} />
        </label>
        <label class="field"><span>{t('portal.password')}</span>
          <input type="password" autocomplete="current-password" required value={password} onInput={(e) => setPassword(e.currentTarget.value)} />
        </label>
        {code !== null && (
          <label class="field"><span>{t('portal.code')}</span>
            <input autocomplete="one-time-code" required autofocus maxlength={32} value={code} onInput={(e) => setCode(e.currentTarget.value)} />
          </label>
        )}
        {failure && <p class="failure" role="alert">{failure}</p>}
        <button type="submit" class="primary wide">{t('portal.enter')}</button>
      </form>
      {buyers.length > 0 && (
        <section aria-label={t('portal.people')}>
          <h2>{t('portal.people')}</h2>
          <Listed people={buyers.filter((p) => p.is_featured)} enter={enter} />
          {rest.length > 0 && (
            <details class="more-people">
              <summary>{t('portal.more_people', { count: rest.length })}</summary>
              <Listed people={rest} enter={enter} />
            </details>
          )}
        </section>
      )}
    </>
  );
}

function Listed({ people, enter }: { people: Person[]; enter: (who: string, secret: string) => void }) {
  const { say } = useText();
  return (
    <ul class="people">
      {people.map((p) => (
        <li key={p.login}><button type="button" onClick={() => enter(p.login, p.password)}><strong>{p.name}</strong><small class="muted">{say(p.about)}</small></button></li>
      ))}
    </ul>
  );
}
