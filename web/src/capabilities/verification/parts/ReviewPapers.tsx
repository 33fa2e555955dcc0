/** The papers of a review, one shown large. */

import { useState } from 'react';
import type { Paper } from '@/api/types';
import { At } from '@/kit/At';
import { Card } from '@/kit/Facts';
import { useText } from '@/kit/text';
import { Viewer } from './Viewer';

export function ReviewPapers({ papers }: { papers: Paper[] }) {
  const { t, word } = useText();
  const [chosen, setChosen] = useState('');
  const shown = papers.find((paper) => paper.id === chosen) ?? papers[0];
  return (
    <Card title={t('verification.papers')} className="review-papers">
      {shown === undefined && <p className="muted">{t('verification.no_paper')}</p>}
      {papers.length > 1 && (
        <nav className="tabs minor" aria-label={t('verification.papers')}>
          {papers.map((paper) => (
            <button key={paper.id} type="button" aria-current={paper.id === shown?.id ? 'page' : undefined} onClick={() => setChosen(paper.id)}>
              {word('applicant', paper.kind)} <span className="count"><At at={paper.added_at} year={false} /></span>
            </button>
          ))}
        </nav>
      )}
      {shown && papers.length === 1 && <p className="muted">{word('applicant', shown.kind)} · <At at={shown.added_at} /></p>}
      {shown && <Viewer key={shown.id} paper={shown} />}
    </Card>
  );
}
