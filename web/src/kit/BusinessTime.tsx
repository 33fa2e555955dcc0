import { useSyncExternalStore } from 'react';
import { instant } from './format';
import { businessNow, onTick } from './ticker';

/** The business clock, ticking. */
export function BusinessTime() {
  const text = useSyncExternalStore(onTick, () => instant(businessNow(), { seconds: true }));
  return <time className="num">{text}</time>;
}
