import { useSyncExternalStore } from 'react';
import { instant } from './format';
import { businessNow, hasBusinessTime, onTick } from './ticker';

/** The business clock, ticking. */
export function BusinessTime() {
  const text = useSyncExternalStore(onTick, () => (hasBusinessTime() ? instant(businessNow(), { seconds: true }) : ''));
  return <time className="num">{text}</time>;
}
