/** Papers of the own organisation, by kind: handed in by choosing or dropping a file, looked at, taken back. */

import { Button } from 'antd';
import { useState, type DragEvent } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { CaseView, Paper, Verification } from '@/api/types';
import { At } from '@/kit/At';
import { Dialog } from '@/kit/Dialog';
import { Card } from '@/kit/Facts';
import { problemText, useText } from '@/kit/text';
import { papersOf } from './fields';
import { Viewer } from './Viewer';

type Props = { about: Verification; onChange: (view: CaseView) => void };

export function Papers({ about, onChange }: Props) {
  const { t } = useText();
  const [shown, setShown] = useState<Paper | null>(null);
  const { papers } = about;
  const offered = papersOf(about.draft.subject);
  const kinds = [...offered, ...new Set(papers.map((paper) => paper.kind).filter((kind) => !offered.includes(kind)))];
  return (
    <Card title={t('verification.papers')}>
      <p className="muted">{t('verification.papers_hint')}</p>
      {kinds.map((kind) => (
        <Kind key={kind} kind={kind} about={about} mayAdd={offered.includes(kind)} onShow={setShown} onChange={onChange} />
      ))}
      {shown && (
        <Dialog shape="wide" title={<PaperWord paper={shown} />} onClose={() => setShown(null)}>
          <Viewer paper={shown} />
        </Dialog>
      )}
    </Card>
  );
}

function PaperWord({ paper }: { paper: Paper }) {
  const { word } = useText();
  return <>{word('applicant', paper.kind)}</>;
}

type KindProps = Props & { kind: string; mayAdd: boolean; onShow: (paper: Paper) => void };

function Kind({ kind, about, mayAdd, onShow, onChange }: KindProps) {
  const { t, word } = useText();
  const [failure, setFailure] = useState('');
  const papers = about.papers.filter((paper) => paper.kind === kind);
  const isLacking = about.lacking.includes(kind);
  const run = async (work: () => Promise<CaseView>) => {
    setFailure('');
    try {
      onChange(await work());
    } catch (error) {
      setFailure(problemText(t, problemOf(error)));
    }
  };
  return (
    <section className={`paper-kind${about.mend.includes(kind) ? ' to-mend' : ''}`} aria-label={word('applicant', kind)}>
      <h3>
        {word('applicant', kind)}
        {isLacking && <span className="pill">{t('verification.is_needed')}</span>}
        {about.mend.includes(kind) && <span className="pill refused">{t('verification.to_mend')}</span>}
      </h3>
      {papers.length > 0 && (
        <ul className="papers">
          {papers.map((paper) => (
            <li key={paper.id}>
              <Thumb paper={paper} onShow={() => onShow(paper)} />
              <small className="muted"><At at={paper.added_at} year={false} /></small>
              {about.may_edit && <Button size="small" type="text" onClick={() => void run(() => calls.removePaper(paper.id))}>{t('verification.remove')}</Button>}
            </li>
          ))}
        </ul>
      )}
      {about.may_edit && mayAdd && <AddPaper kind={kind} onTake={(file) => run(() => calls.addPaper(kind, file))} />}
      {!about.may_edit && papers.length === 0 && <p className="muted">{t('verification.no_paper')}</p>}
      {failure && <small className="bad" role="alert">{failure}</small>}
    </section>
  );
}

/** A picture is shown; a PDF is only ever downloaded. */
function Thumb({ paper, onShow }: { paper: Paper; onShow: () => void }) {
  const { t, word } = useText();
  const name = word('applicant', paper.kind);
  if (!paper.media_type.startsWith('image/')) {
    return <a className="paper-file" href={calls.paperUrl(paper.id)} download>PDF<span className="sr-only"> {name}</span></a>;
  }
  return (
    <button type="button" className="paper-thumb" aria-label={t('verification.look_at', { name })} onClick={onShow}>
      <img src={calls.paperUrl(paper.id)} alt="" loading="lazy" />
    </button>
  );
}

function AddPaper({ kind, onTake }: { kind: string; onTake: (file: File) => Promise<void> }) {
  const { t, word } = useText();
  const [isSending, setSending] = useState(false);
  const [isOver, setOver] = useState(false);
  const take = async (files: FileList | null) => {
    setSending(true);
    for (const file of Array.from(files ?? [])) await onTake(file);
    setSending(false);
  };
  const drag = (isIn: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(isIn);
  };
  const drop = (event: DragEvent) => {
    drag(false)(event);
    void take(event.dataTransfer.files);
  };
  return (
    <div className={`photos${isOver ? ' over' : ''}`} onDragOver={drag(true)} onDragLeave={drag(false)} onDrop={drop}>
      <label className="photo-add" htmlFor={`paper-${kind}`}>
        <span aria-hidden>+</span>
        {t('verification.add_paper')}<span className="sr-only"> {word('applicant', kind)}</span>
        <input
          id={`paper-${kind}`} type="file" accept="image/jpeg,image/png,image/webp,application/pdf" multiple className="sr-only" disabled={isSending}
          onChange={(event) => {
            void take(event.target.files);
            event.target.value = '';
          }}
        />
      </label>
      <span className="muted" role="status">{isSending ? t('verification.sending') : t('verification.drop_paper')}</span>
    </div>
  );
}
