/** A password field that can be shown, and that says when Caps Lock is on. */

import { Input } from 'antd';
import { useState, type KeyboardEvent } from 'react';
import { useText } from './text';

type Props = { id: string; autoComplete: 'current-password' | 'new-password'; value: string; isInvalid: boolean; isFocused?: boolean; onChange: (value: string) => void };

export function Secret({ id, autoComplete, value, isInvalid, isFocused = false, onChange }: Props) {
  const { t } = useText();
  const [isCaps, setCaps] = useState(false);
  const look = (event: KeyboardEvent) => setCaps(event.getModifierState('CapsLock'));
  return (
    <>
      <Input.Password
        id={id} autoComplete={autoComplete} autoFocus={isFocused} required value={value} status={isInvalid ? 'error' : ''} aria-describedby={`${id}-caps`}
        onKeyDown={look} onKeyUp={look} onBlur={() => setCaps(false)} onChange={(e) => onChange(e.target.value)}
      />
      <small id={`${id}-caps`} className="soon" role="status">{isCaps && t('identity.caps_lock')}</small>
    </>
  );
}
