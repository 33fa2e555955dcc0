import { Button } from 'antd';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TourStory } from '@/api/types';
import { AtZero } from '@/kit/AtZero';
import { Countdown } from '@/kit/Countdown';
import { State } from '@/kit/State';
import { useText } from '@/kit/text';
import { useOpening } from '../opening';
import { TEXTS } from '../texts';
import { Silence } from './Silence';

export function Story({ number, story }: { number: number; story: TourStory }) {
  const { t, word } = useText();
  const open = useOpening();
  const texts = TEXTS[story.story];
  const title = `story-${story.story}`;
  return (
    <li className="card story" aria-labelledby={title} data-story={story.story}>
      <header><h2 id={title}><span className="story-number" aria-hidden="true">{number}</span>{t(texts.title)}</h2></header>
      <p className="story-who">
        <strong>{story.name}</strong>
        <span className="pill" data-party={story.party}>{word('party', story.party)}</span>
        {story.org && <span className="muted">{story.org}</span>}
      </p>
      <Told title={t('tour.look')}><p>{t(texts.look)}</p></Told>
      <Told title={t('tour.do')}><ol>{texts.steps.map((step) => <li key={step}>{t(step)}</li>)}</ol></Told>
      <Told title={t('tour.rule')}><p>{t(texts.rule)}</p></Told>
      <span className="grow" />
      <Subject story={story} />
      {story.path && (
        <p className="line wrap">
          <Button type="primary" onClick={() => void open(story)}>{t('tour.as', { name: story.name })}</Button>
          {story.story === 'phone' && <small className="muted">{t('tour.for_phone')}</small>}
        </p>
      )}
      {story.story === 'silence' && story.case && <Silence story={story} />}
    </li>
  );
}

function Told({ title, children }: { title: string; children: ReactNode }) {
  return <div className="told"><h3>{title}</h3>{children}</div>;
}

/** The case that the story is about, as lists show it. */
function Subject({ story }: { story: TourStory }) {
  const { t, say } = useText();
  const { case: subject, path } = story;
  if (!path) return <><p className="muted">{t('tour.none')}</p><p><Link to="/aftersales">{t('tour.all')}</Link></p></>;
  if (!subject) return null;
  return (
    <div className="subject">
      <p><strong>{say(subject.kind_label)}</strong> <span className="num">{subject.number}</span> <State label={subject.state_label} /></p>
      <p className="ellipsis muted" title={subject.title ?? ''}>{subject.title}</p>
      {subject.due_at && <p><Countdown due={subject.due_at} /></p>}
      {subject.next && <AtZero next={subject.next} caseId={subject.id} isOneLine />}
    </div>
  );
}
