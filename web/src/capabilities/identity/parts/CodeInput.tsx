/** A code of the authenticator app, or a recovery code unless it has to be one of the app. */

import { Input } from 'antd';
import { useText } from '@/kit/text';

type Props = { id: string; value: string; isInvalid: boolean; isFocused?: boolean; isOfApp?: boolean; onChange: (code: string) => void };

export function CodeInput({ id, value, isInvalid, isFocused = false, isOfApp = false, onChange }: Props) {
  const { t } = useText();
  return (
    <div className="field">
      <label htmlFor={id}>{t('identity.code')}</label>
      <Input
        id={id} className="num" autoComplete="one-time-code" autoCapitalize="characters" spellCheck={false} maxLength={32} required autoFocus={isFocused}
        aria-describedby={`${id}-hint`} value={value} status={isInvalid ? 'error' : ''} onChange={(e) => onChange(e.target.value)}
      />
      <small id={`${id}-hint`} className="muted">{t(isOfApp ? 'identity.code_of_app_hint' : 'identity.code_hint')}</small>
    </div>
  );
}
