/** The clock of a demo market: forwards only, firing what falls due on the way. */

import { App, Button, Input } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { DemoClock as DemoClockNow } from '@/api/types';
import { loadTime } from '@/app/live';
import { BusinessTime } from '@/kit/BusinessTime';
import { Countdown } from '@/kit/Countdown';
import { Card } from '@/kit/Facts';
import { due, fromInput, instant, toInput } from '@/kit/format';
import { Empty, Failed, Skeleton } from '@/kit/PageState';
import { Perm } from '@/kit/Perm';
import { businessNow } from '@/kit/ticker';
import { problemText, useText } from '@/kit/text';
import { Carriers } from '../parts/Carriers';

const HOUR_MS = 3_600_000;
const RATES = [1, 60, 600, 3_600];

type Change = Parameters<typeof calls.setDemoClock>[0];

export function DemoClock() {
  const { t } = useText();
  const query = useQuery({ queryKey: ['demo', 'clock'], queryFn: calls.demoClock, retry: false });
  if (query.error) return problemOf(query.error).isMissing ? <Empty title={t('demo.absent')} /> : <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton />;
  return <Perm needs="demo.clock" otherwise={<Empty title={t('kit.forbidden')} hint={t('kit.forbidden_hint')} />}><Controls clock={query.data} /></Perm>;
}

function useChange() {
  const { t } = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [isMoving, setMoving] = useState(false);
  const change = async (asked: Change) => {
    setMoving(true);
    try {
      const clock = await calls.setDemoClock(asked);
      queries.setQueryData(['demo', 'clock'], clock);
      await loadTime();
      void queries.invalidateQueries();
      void message.success(t('demo.moved', { at: instant(Date.parse(clock.now), { seconds: true }) }));
    } catch (error) {
      void message.error(problemText(t, problemOf(error)));
    } finally {
      setMoving(false);
    }
  };
  return { isMoving, change };
}

function Controls({ clock }: { clock: DemoClockNow }) {
  const { rate } = clock;
  const { t } = useText();
  const { isMoving, change } = useChange();
  const advance = (ms: number) => () => void change({ advance_ms: ms });
  return (
    <div className="demo-page">
      <header className="page-head"><h1>{t('demo.title')}</h1><p className="muted">{t('demo.about')}</p></header>
      <Card title={t('demo.now')} className="demo-now"><p className="big-time"><BusinessTime /></p></Card>
      <Card title={t('demo.advance')}>
        <div className="line wrap">
          <Button disabled={isMoving} onClick={advance(HOUR_MS)}>+{t('demo.hour')}</Button>
          <Button disabled={isMoving} onClick={advance(24 * HOUR_MS)}>+{t('demo.day')}</Button>
          <Button disabled={isMoving} onClick={advance(48 * HOUR_MS)}>+{t('demo.days2')}</Button>
        </div>
        <NextDue next={clock.next_due ?? null} isMoving={isMoving} change={change} />
      </Card>
      <Card title={t('demo.rate')}>
        <div className="line wrap" role="group" aria-label={t('demo.rate')}>
          {RATES.map((r) => (
            <Button key={r} type={r === rate ? 'primary' : 'default'} aria-pressed={r === rate} disabled={isMoving} onClick={() => void change({ rate: r })}>
              {r === 1 ? t('demo.rate_real') : t('demo.rate_times', { rate: r })}
            </Button>
          ))}
        </div>
      </Card>
      <ToMoment isMoving={isMoving} change={change} />
      <Carriers />
    </div>
  );
}

type MoveProps = { isMoving: boolean; change: (asked: Change) => Promise<void> };

function NextDue({ next, isMoving, change }: MoveProps & { next: string | null }) {
  const { t } = useText();
  if (!next) return <p className="muted">{t('demo.no_next')}</p>;
  return (
    <p className="line wrap">
      <Button type="primary" disabled={isMoving} onClick={() => void change({ to: next })}>{t('demo.to_next')}</Button>
      <span className="muted">{t('demo.next_due', { at: due(Date.parse(next)) })}</span>
      <Countdown due={next} />
    </p>
  );
}

function ToMoment({ isMoving, change }: MoveProps) {
  const { t } = useText();
  const [text, setText] = useState(() => toInput(businessNow() + 24 * HOUR_MS));
  const to = fromInput(text);
  return (
    <Card title={t('demo.to')}>
      <div className="line wrap">
        <Input type="datetime-local" aria-label={t('demo.to')} value={text} style={{ width: 220 }} onChange={(e) => setText(e.target.value)} />
        <Button disabled={isMoving || to === null} onClick={() => to !== null && void change({ to })}>{t('demo.go')}</Button>
      </div>
    </Card>
  );
}
