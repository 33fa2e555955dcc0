import { App, Button } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { TourStory } from '@/api/types';
import { loadTime } from '@/app/live';
import { useSession } from '@/app/session';
import { due, instant } from '@/kit/format';
import { can } from '@/kit/Perm';
import { RowLink } from '@/kit/RowLink';
import { problemText, useText } from '@/kit/text';

/** Nobody does anything until the case is due; the case stays at hand, though the story has found another one by then. */
export function Silence({ story }: { story: TourStory }) {
  const { t, say } = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const session = useSession();
  const [lived, setLived] = useState<{ subject: NonNullable<TourStory['case']>; at: string } | null>(null);
  const [isMoving, setMoving] = useState(false);
  const subject = story.case;
  const to = subject?.due_at;
  const move = async () => {
    if (!subject || !to) return;
    setMoving(true);
    try {
      const clock = await calls.setDemoClock({ to });
      setLived({ subject, at: clock.now });
      await loadTime();
      await queries.invalidateQueries();
    } catch (error) {
      void message.error(problemText(t, problemOf(error)));
    } finally {
      setMoving(false);
    }
  };
  if (!session || !can(session, 'demo.clock')) return <p className="muted">{t('tour.silence_needs', { name: story.name })}</p>;
  return (
    <div className="lived" role="status">
      {to && <Button loading={isMoving} onClick={() => void move()}>{t('tour.silence_go', { at: due(Date.parse(to)) })}</Button>}
      {lived && (
        <p>
          {t('tour.silence_moved', { at: instant(Date.parse(lived.at)) })}{' '}
          <RowLink id={lived.subject.id} kind={lived.subject.kind} className="num">{say(lived.subject.kind_label)} {lived.subject.number}</RowLink>
        </p>
      )}
    </div>
  );
}
