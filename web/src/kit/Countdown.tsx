import { memo, useSyncExternalStore } from 'react';
import { businessNow, hasBusinessTime, onTick } from './ticker';
import { remain, type Remain } from './remain';
import { useText, type T } from './text';
import { due as dueText } from './format';

function leftText(t: T, left: Remain): string {
  const time = left.days > 0 ? t('kit.left_days', { days: left.days, clock: left.clock }) : left.clock;
  return left.tone === 'past' ? t('kit.overdue', { time }) : time;
}

/** Time left, alone. A tick changes this text and nothing around it. Grey above 6 h, amber below, red with a word when past. */
export const Countdown = memo(function Countdown({ due, big = false }: { due: string; big?: boolean }) {
  const { t } = useText();
  const dueMs = Date.parse(due);
  const snapshot = useSyncExternalStore(onTick, () => {
    if (!hasBusinessTime()) return 'calm|–:–:–';
    const left = remain(dueMs, businessNow());
    return `${left.tone}|${leftText(t, left)}`;
  });
  const cut = snapshot.indexOf('|');
  return (
    <time dateTime={due} title={dueText(dueMs)} className={`countdown ${snapshot.slice(0, cut)}${big ? ' big' : ''}`}>
      {snapshot.slice(cut + 1)}
    </time>
  );
});
