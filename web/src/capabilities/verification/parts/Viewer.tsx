/** A paper as large as it has to be read: zoomed and turned by buttons or keys. */

import { Button } from 'antd';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { Paper } from '@/api/types';
import { useHotkeys } from '@/kit/hotkeys';
import { useText } from '@/kit/text';

const ZOOMS = [1, 1.5, 2, 3, 4];
const TURN_DEGREES = 90;

export function Viewer({ paper }: { paper: Paper }) {
  const { t, word } = useText();
  const [step, setStep] = useState(0);
  const [turns, setTurns] = useState(0);
  const zoom = (by: number) => setStep((now) => Math.max(0, Math.min(ZOOMS.length - 1, now + by)));
  useHotkeys({ '+': () => zoom(1), '=': () => zoom(1), '-': () => zoom(-1), r: () => setTurns(turns + 1) });
  const name = word('applicant', paper.kind);
  if (!paper.media_type.startsWith('image/')) {
    return (
      <div className="paper-stage is-file">
        <p>{t('verification.pdf_only')}</p>
        <Button href={calls.paperUrl(paper.id)} download>{t('verification.download')}</Button>
      </div>
    );
  }
  const scale = ZOOMS[step] ?? 1;
  return (
    <div className="viewer">
      <div className="paper-stage" tabIndex={0} role="region" aria-label={name}>
        <div style={{ width: `${scale * 100}%`, height: `${scale * 100}%` }}>
          <img src={calls.paperUrl(paper.id)} alt={name} style={{ transform: `rotate(${turns * TURN_DEGREES}deg)` }} />
        </div>
      </div>
      <p className="line wrap viewer-tools">
        <Button aria-label={t('verification.zoom_out')} disabled={step === 0} onClick={() => zoom(-1)}>−</Button>
        <span className="num" role="status">{Math.round(scale * 100)}%</span>
        <Button aria-label={t('verification.zoom_in')} disabled={step === ZOOMS.length - 1} onClick={() => zoom(1)}>+</Button>
        <Button onClick={() => setTurns(turns + 1)}>{t('verification.turn')}</Button>
      </p>
    </div>
  );
}
