/** @jsxImportSource preact */

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Label } from '@/api/types';
import { instant, money } from '@/kit/format';
import { remain } from '@/kit/remain';
import { businessNow, hasBusinessTime, onTick } from '@/kit/ticker';
import type { Loaded } from './load';
import { problemText, useText } from './text';

/** Time left; a tick changes this text alone. */
export function Countdown({ due, isBig = false }: { due: string; isBig?: boolean }) {
  const { t } = useText();
  const [, tick] = useState(0);
  useEffect(() => onTick(() => tick((n) => n + 1)), []);
  if (!hasBusinessTime()) return <time dateTime={due} class={`countdown${isBig ? ' big' : ''}`}>–:–:–</time>;
  const left = remain(Date.parse(due), businessNow());
  const time = left.days > 0 ? t('portal.left_days', { days: left.days, clock: left.clock }) : left.clock;
  return <time dateTime={due} class={`countdown ${left.tone}${isBig ? ' big' : ''}`}>{left.tone === 'past' ? t('portal.overdue', { time }) : time}</time>;
}

export function Money({ minor, currency }: { minor: number; currency: string }) {
  const { lang } = useText();
  return <span class="num">{money(minor, currency, lang)}</span>;
}

export const at = (text: string) => instant(Date.parse(text), { year: false });

export function Pill({ label, tone = '' }: { label: Label; tone?: string }) {
  const { say } = useText();
  return <span class={`pill ${tone}`}>{say(label)}</span>;
}

export function Card({ title, children }: { title?: string; children: ComponentChildren }) {
  return <section class="card" aria-label={title}>{title && <h2>{title}</h2>}{children}</section>;
}

/** Grey bars, then the page; with nothing to show, what went wrong. */
export function Show<D>({ of, children }: { of: Loaded<D>; children: (data: D) => ComponentChildren }) {
  const { t } = useText();
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.problem) {
    return (
      <div class="page-state" role="alert">
        <strong>{t('portal.failed')}</strong>
        <p>{problemText(of.problem)}</p>
        <button type="button" onClick={of.reload}>{t('portal.retry')}</button>
      </div>
    );
  }
  return <div class="skeleton" role="status" aria-label={t('portal.loading')}><i /><i /><i /></div>;
}

export function Back({ to, title }: { to: string; title: string }) {
  const { t } = useText();
  return <div class="back"><a href={to} aria-label={t('portal.back')}>‹</a><h1>{title}</h1></div>;
}
