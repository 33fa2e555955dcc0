/** @jsxImportSource preact */

import './portal.css';
import { render } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import * as calls from '@/api/calls';
import { setSignedOut } from '@/api/http';
import { Live } from '@/api/live';
import { Problem } from '@/api/problem';
import type { LiveEvent, Session } from '@/api/types';
import { keep, kept } from '@/kit/kept';
import { isAhead, localNow, syncTime } from '@/kit/ticker';
import { stir } from './load';
import { LogIn } from './pages/LogIn';
import { Apply } from './pages/Apply';
import { CasePage } from './pages/Case';
import { OrderPage } from './pages/Order';
import { Orders } from './pages/Orders';
import { sameRoute, useRoute } from './route';
import { chooseLang, firstLang, keepLang, problemText, useText } from './text';

const GATHER_MS = 400;
const SYNC_MS = 5 * 60_000;

const isDark = () => (kept('theme') ?? (window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

function showTheme(dark: boolean): void {
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

async function loadTime(): Promise<void> {
  const begin = localNow();
  const time = await calls.serverTime();
  syncTime(time, localNow() - begin);
}

/** The live channel while somebody is logged in; a busy market is gathered into one reading. */
function useLive(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isBehind = false;
    const soon = (event?: LiveEvent) => {
      isBehind ||= event !== undefined && isAhead(event.at);
      timer ??= setTimeout(() => {
        timer = undefined;
        if (isBehind) sync();
        isBehind = false;
        stir();
      }, GATHER_MS);
    };
    const sync = () => void loadTime().catch(() => undefined);
    const url = `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/v1/live`;
    const live = new Live(url, { onEvent: soon, onReset: soon, onState: () => undefined });
    live.start();
    sync();
    const repeat = setInterval(sync, SYNC_MS);
    return () => {
      live.stop();
      clearInterval(repeat);
    };
  }, [isOn]);
}

function App() {
  const { t } = useText();
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const [failure, setFailure] = useState('');
  const load = useCallback(() => {
    setFailure('');
    calls.session().then(setSession, (error: unknown) => {
      if (error instanceof Problem && error.status === 401) setSession(null);
      else if (error instanceof Problem) setFailure(problemText(error));
    });
  }, []);
  useEffect(() => {
    setSignedOut(() => setSession(null));
    // Beside the session, not after it: countdowns show no dashes while it comes.
    void loadTime().catch(() => undefined);
    load();
  }, [load]);
  useLive(session?.party === 'buyer');
  useEffect(() => {
    document.title = t('portal.product');
  });
  const leave = () => void calls.logOut().catch(() => undefined).then(() => setSession(null));
  return (
    <>
      <Top name={session?.name} onLeave={leave} />
      <main id="main" tabIndex={-1}>
        {failure && <div class="page-state" role="alert"><p>{failure}</p><button type="button" onClick={load}>{t('portal.retry')}</button></div>}
        {session === null && <LogIn onEnter={setSession} />}
        {session && (session.party === 'buyer' ? <Page /> : <Elsewhere />)}
      </main>
    </>
  );
}

function Page() {
  const route = useRoute();
  const seen = useRef(route);
  // The link that led here is gone; the keyboard goes on at the top of the new page.
  useEffect(() => {
    if (!sameRoute(seen.current, route)) document.getElementById('main')?.focus();
    seen.current = route;
  }, [route]);
  switch (route.page) {
    case 'order': return <OrderPage key={route.id} id={route.id} />;
    case 'apply': return <Apply key={route.line} order={route.order} line={route.line} />;
    case 'case': return <CasePage key={route.id} id={route.id} />;
    default: return <Orders />;
  }
}

function Top({ name, onLeave }: { name?: string; onLeave: () => void }) {
  const { t, lang } = useText();
  const flip = () => {
    const dark = !isDark();
    keep('theme', dark ? 'dark' : 'light');
    showTheme(dark);
  };
  const other = lang === 'en' ? 'zh-CN' : 'en';
  return (
    <header class="top">
      <a href="/m" class="brand"><img src="/icon.svg" alt="" width={20} height={20} />{t('portal.product')}</a>
      <span class="grow" />
      {name && <a href="/account" class="muted" title={t('portal.account')}>{name}</a>}
      <button type="button" class="plain" lang={other} onClick={() => void keepLang(other).then(stir)}>{t('portal.language')}</button>
      <button type="button" class="plain" aria-label={t('portal.theme')} onClick={flip}>◐</button>
      {name && <button type="button" class="plain" onClick={onLeave}>{t('portal.sign_out')}</button>}
    </header>
  );
}

function Elsewhere() {
  const { t } = useText();
  return <div class="page-state"><strong>{t('portal.not_buyer')}</strong><a class="button" href="/">{t('portal.to_console')}</a></div>;
}

showTheme(isDark());
void chooseLang(firstLang()).then(() => {
  const place = document.getElementById('root');
  if (place) render(<App />, place);
});
