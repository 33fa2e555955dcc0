/** Password and code once more, before something about the second factor changes; codes that come back are shown once. */

import { useState } from 'react';
import type { BothFactors } from '@/api/calls';
import { fieldOf, problemOf, type Problem } from '@/api/problem';
import { Dialog } from '@/kit/Dialog';
import { Secret } from '@/kit/Secret';
import { problemText, useText } from '@/kit/text';
import { CodeInput } from './CodeInput';
import { RecoveryCodes } from './RecoveryCodes';

const FIELDS = ['current', 'code'];

type Props = {
  title: string;
  hint: string;
  /** Gives recovery codes to show, or none. */
  send: (proof: BothFactors) => Promise<string[]>;
  onClose: () => void;
};

export function Prove({ title, hint, send, onClose }: Props) {
  const { t } = useText();
  const [typed, setTyped] = useState<BothFactors>({ current: '', code: '' });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const [codes, setCodes] = useState<string[]>([]);
  const go = async () => {
    setSending(true);
    setProblem(null);
    try {
      const shown = await send(typed);
      if (shown.length === 0) return onClose();
      setCodes(shown);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setSending(false);
  };
  if (codes.length > 0) return <RecoveryCodes codes={codes} onClose={onClose} />;
  const field = problem && fieldOf(problem, FIELDS);
  return (
    <Dialog title={title} ok={{ text: title, isSending, onOk: () => void go() }} onClose={onClose}>
      <p className="muted">{hint}</p>
      <div className="field">
        <label htmlFor="proof-password">{t('identity.password_current')}</label>
        <Secret id="proof-password" autoComplete="current-password" value={typed.current} isInvalid={field === 'current'} onChange={(current) => setTyped({ ...typed, current })} />
      </div>
      <CodeInput id="proof-code" value={typed.code} isInvalid={field === 'code'} onChange={(code) => setTyped({ ...typed, code })} />
      {problem && <p className="form-failure" role="alert">{problemText(t, problem)}</p>}
    </Dialog>
  );
}
