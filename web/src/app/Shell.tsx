import { Button } from 'antd';
import { Link, Navigate, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect, useRef } from 'react';
import { useQuery } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import type { Session } from '@/api/types';
import { LogIn } from '@/capabilities/identity/pages/LogIn';
import { BusinessTime } from '@/kit/BusinessTime';
import { useHotkeys } from '@/kit/hotkeys';
import { Failed, Skeleton } from '@/kit/PageState';
import { can } from '@/kit/Perm';
import { useText } from '@/kit/text';
import { Help } from './Help';
import { useLive } from './live';
import { Looks } from './Looks';
import { leave, useSessionQuery } from './session';

export function Shell() {
  const query = useSessionQuery();
  const { t } = useText();
  const session = query.data;
  const isOpen = useLive(Boolean(session));
  useEffect(() => {
    document.title = t('kit.product');
  }, [t]);
  if (session === undefined) {
    return query.error ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton />;
  }
  if (session === null) return <Outside />;
  return <Frame session={session} isLive={isOpen} />;
}

/** For everybody; all other pages wait for a log-in. */
const OPEN = ['/tour', '/register'];

function Outside() {
  const isOpen = usePath((path) => OPEN.includes(path));
  if (!isOpen) return <LogIn />;
  return (
    <div className="outside">
      <div className="log-in-tools"><Looks /></div>
      <main><Suspense fallback={<Skeleton />}><Outlet /></Suspense></main>
    </div>
  );
}

const usePath = (is: (path: string) => boolean) => useRouterState({ select: (state) => is(state.location.pathname) });

/** Whoever is not let in yet, or out again, has their verification and nothing else. */
const APPLICANT = ['/verification', '/account', ...OPEN];
const isApplicant = ({ standing }: Session) => standing === 'unverified' || standing === 'closed';

function Frame({ session, isLive }: { session: Session; isLive: boolean }) {
  const { t } = useText();
  const isForBuyers = usePath((path) => ['/tour', '/account'].includes(path));
  const isClosed = usePath((path) => isApplicant(session) && !APPLICANT.includes(path));
  const navigate = useNavigate();
  const main = useFocusOfPage();
  useHotkeys({
    'g w': () => void navigate({ to: '/' }),
    'g o': () => void navigate({ to: '/orders' }),
    'g s': () => void navigate({ to: '/aftersales' }),
    'g i': () => void navigate({ to: '/imports' }),
    'g p': () => void navigate({ to: '/packs' }),
  });
  return (
    <div className="frame">
      <a className="skip" href="#main">{t('kit.skip')}</a>
      <header className="top">
        {session.party === 'buyer'
          ? <a href="/m" className="brand"><Brand /></a>
          : <><Link to="/" className="brand"><Brand /></Link><Menu session={session} /></>}
        <span className="grow" />
        <Clock />
        <span className={`live ${isLive ? 'on' : 'off'}`} role="status">{isLive ? t('kit.live_on') : t('kit.live_off')}</span>
        <Looks />
        <Me session={session} />
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {session.party === 'buyer' && !isForBuyers ? <ForBuyers /> : <Suspense fallback={<Skeleton />}>{isClosed ? <Navigate to="/verification" replace /> : <Outlet />}</Suspense>}
      </main>
      <Help />
    </div>
  );
}

function Brand() {
  const { t } = useText();
  return <><img src="/icon.svg" alt="" width={20} height={20} />{t('kit.product')}</>;
}

/** The link that led to a page is gone with the page before; the keyboard goes on at the top of the new one. */
function useFocusOfPage() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const seen = useRef(path);
  useEffect(() => {
    if (seen.current === path) return;
    seen.current = path;
    main.current?.focus();
  }, [path]);
  return main;
}

/** Only demo servers answer. */
const useDemo = () => useQuery({ queryKey: ['demo', 'clock'], queryFn: calls.demoClock, staleTime: Infinity, retry: false });

/** In a demo, the time the market lives in. */
function Clock() {
  const demo = useDemo();
  const { t } = useText();
  if (!demo.data) return null;
  return <span className="business-time"><span className="muted">{t('demo.header')}</span> <BusinessTime /></span>;
}

function Menu({ session }: { session: Session }) {
  const { t } = useText();
  const isDemo = useDemo().data !== undefined;
  const isCase = usePath((path) => path.startsWith('/cases/'));
  const isOffice = usePath((path) => /^\/(roles|api-keys|webhooks|operations)\b/.test(path));
  if (isApplicant(session)) {
    return (
      <nav className="menu" aria-label={t('kit.menu')}>
        <MyVerification />
        {isDemo && <Link to="/tour" activeOptions={{ includeSearch: false }}>{t('tour.link')}</Link>}
      </nav>
    );
  }
  return (
    <nav className="menu" aria-label={t('kit.menu')}>
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>{t('board.title')}</Link>
      <Link to="/orders" activeOptions={{ includeSearch: false }}>{t('orders.title')}</Link>
      <Link to="/aftersales" activeOptions={{ includeSearch: false }} className={isCase ? 'active' : ''}>{t('aftersales.title')}</Link>
      {(can(session, 'imports.manage') || can(session, 'platform.orders')) && (
        <Link to="/imports" activeOptions={{ includeSearch: false }}>{t('imports.title')}</Link>
      )}
      {can(session, 'packs.read') && <Link to="/packs" activeOptions={{ includeSearch: false }}>{t('packs.title')}</Link>}
      {can(session, 'members.manage') && (
        <Link to="/members" activeOptions={{ includeSearch: false }} className={isOffice ? 'active' : ''}>{t('identity.members')}</Link>
      )}
      {can(session, 'keys.manage') && !can(session, 'members.manage') && (
        <Link to="/api-keys" activeOptions={{ includeSearch: false }}>{t('identity.keys')}</Link>
      )}
      {can(session, 'webhooks.manage') && !can(session, 'members.manage') && (
        <Link to="/webhooks" activeOptions={{ includeSearch: false }}>{t('webhooks.title')}</Link>
      )}
      {can(session, 'operations.read') && !can(session, 'members.manage') && (
        <Link to="/operations" activeOptions={{ includeSearch: false }}>{t('oplog.title')}</Link>
      )}
      {session.standing !== 'operator' && can(session, 'verification.apply') && <MyVerification />}
      {REVIEWS.some((word) => can(session, word)) && <Link to="/verifications" activeOptions={{ includeSearch: false }}>{t('verification.title')}</Link>}
      {can(session, 'system.status') && <Link to="/status" activeOptions={{ includeSearch: false }}>{t('system.title')}</Link>}
      {can(session, 'demo.clock') && <Link to="/demo" activeOptions={{ includeSearch: false }}>{t('demo.title')}</Link>}
      {isDemo && <Link to="/tour" activeOptions={{ includeSearch: false }}>{t('tour.link')}</Link>}
    </nav>
  );
}

const REVIEWS = ['verification.review', 'verification.lead', 'verification.freeze'];

function MyVerification() {
  const { t } = useText();
  return <Link to="/verification" activeOptions={{ includeSearch: false }}>{t('verification.mine')}</Link>;
}

function Me({ session }: { session: Session }) {
  const { t, word } = useText();
  return (
    <span className="me">
      <Link to="/account" className="me-name" title={t('identity.account')}>
        <svg viewBox="0 0 24 24" width={22} height={22} aria-hidden="true"><circle cx={12} cy={8} r={4} /><path d="M4 20.5c1-4 4-6 8-6s7 2 8 6" /></svg>
        <span>{session.name}</span>
        <small>{session.org?.name ?? word('party', session.party)}</small>
        <span className="sr-only">{t('identity.account')}</span>
      </Link>
      <Button type="text" onClick={() => void leave()}>{t('kit.sign_out')}</Button>
    </span>
  );
}

function ForBuyers() {
  const { t } = useText();
  return <div className="page-state"><strong>{t('identity.for_buyers')}</strong><Button type="primary" href="/m">{t('identity.to_portal')}</Button></div>;
}
