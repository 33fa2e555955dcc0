/** Recovery codes, shown once: to be copied or kept as a file. */

import { App, Button } from 'antd';
import { useState } from 'react';
import { Dialog } from '@/kit/Dialog';
import { useText } from '@/kit/text';

export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const [isKept, setKept] = useState(false);
  const text = codes.join('\n');
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setKept(true);
    void message.success(t('kit.copied'));
  };
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${t('identity.recovery_codes')}\n\n${text}\n`)}`;
  return (
    <Dialog title={t('identity.recovery_codes')} ok={{ text: t('identity.codes_are_kept'), onOk: onClose, isSending: false }} onClose={onClose}>
      <p>{t('identity.recovery_codes_hint')}</p>
      <ol className="recovery-codes">{codes.map((code) => <li key={code} className="num">{code}</li>)}</ol>
      <p className="line">
        <Button onClick={() => void copy()}>{t('identity.copy')}</Button>
        <Button href={file} download="xiaoer-recovery-codes.txt" onClick={() => setKept(true)}>{t('identity.download')}</Button>
        {!isKept && <small className="soon">{t('identity.codes_once')}</small>}
      </p>
    </Dialog>
  );
}
