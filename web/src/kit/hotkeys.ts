/** Keys for the page: a map from key to action, silent while somebody types or composes Chinese. */

import { useEffect, useRef } from 'react';

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

const SEQUENCE_MS = 1_000;

/** Whether the key belongs to a field or a dialog, not to the page. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const target = event.target instanceof Element ? event.target : null;
  return target?.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=combobox]') != null;
}

/** `{ j: …, 'g o': … }`: single keys, or two after each other within a second. */
export function useHotkeys(keys: Hotkeys, isOn = true): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    if (!isOn) return undefined;
    let first = '';
    let firstAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const pair = event.timeStamp - firstAt < SEQUENCE_MS ? current.current[`${first} ${event.key}`] : undefined;
      const action = pair ?? current.current[event.key];
      first = event.key;
      firstAt = event.timeStamp;
      action?.(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isOn]);
}
