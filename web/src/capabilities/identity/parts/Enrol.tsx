/** Turning two-step verification on: the password, then the app's first code, then the recovery codes. */

import { QRCode } from 'antd';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { fieldOf, problemOf, type Problem } from '@/api/problem';
import type { SecretShown } from '@/api/types';
import { Dialog } from '@/kit/Dialog';
import { Secret } from '@/kit/Secret';
import { problemText, useText } from '@/kit/text';
import { CodeInput } from './CodeInput';
import { RecoveryCodes } from './RecoveryCodes';

const FIELDS = ['current', 'code'];
const QR_PX = 184;
/** The secret as people copy it. */
const GROUP = /.{4}/g;

export function Enrol({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const [password, setPassword] = useState('');
  const [secret, setSecret] = useState<SecretShown | null>(null);
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const step = async () => {
    setSending(true);
    setProblem(null);
    try {
      if (secret === null) setSecret(await calls.beginSecondFactor(password));
      else setCodes((await calls.confirmSecondFactor(code)).recovery_codes);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setSending(false);
  };
  if (codes.length > 0) return <RecoveryCodes codes={codes} onClose={onClose} />;
  const field = problem && fieldOf(problem, FIELDS);
  const ok = { text: t(secret ? 'identity.turn_on' : 'identity.go_on'), isSending, onOk: () => void step() };
  return (
    <Dialog title={t('identity.turn_on_title')} ok={ok} onClose={onClose}>
      {secret === null ? (
        <>
          <p className="muted">{t('identity.turn_on_hint')}</p>
          <div className="field">
            <label htmlFor="enrol-password">{t('identity.password_current')}</label>
            <Secret id="enrol-password" autoComplete="current-password" value={password} isInvalid={field === 'current'} onChange={setPassword} />
          </div>
        </>
      ) : (
        <>
          <p className="muted">{t('identity.scan_hint')}</p>
          <Shown secret={secret} />
          <CodeInput id="enrol-code" isFocused isOfApp value={code} isInvalid={field === 'code'} onChange={setCode} />
        </>
      )}
      {problem && <p className="form-failure" role="alert">{problemText(t, problem)}</p>}
    </Dialog>
  );
}

/** White in both themes: cameras want it so. */
function Shown({ secret }: { secret: SecretShown }) {
  const { t } = useText();
  return (
    <div className="second-factor-secret">
      <QRCode value={secret.uri} size={QR_PX} color="#000" bgColor="#fff" type="svg" aria-label={t('identity.qr_code')} />
      <p>
        <small className="muted">{t('identity.type_instead')}</small>
        <code className="num">{secret.secret.match(GROUP)?.join(' ')}</code>
        <a href={secret.uri}>{t('identity.open_app')}</a>
      </p>
    </div>
  );
}
