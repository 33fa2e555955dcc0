import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { CaseCourses, Course } from '@/api/types';
import { At } from '@/kit/At';
import { Cite } from '@/kit/Cite';
import { Dialog } from '@/kit/Dialog';
import { Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';

/** Both courses of a case side by side. */
export function Courses({ id, name, pack, onClose }: { id: string; name: string; pack: string; onClose: () => void }) {
  const { t } = useText();
  const query = useQuery({ queryKey: ['courses', id, pack], queryFn: () => calls.courses(id, pack) });
  return (
    <Dialog shape="drawer" title={`${t('replays.courses')} ${name}`} onClose={onClose}>
      <Loaded query={query}>
        {(both) => (
          <>
            {both.untold && <p className="form-failure">{t('replays.untold_one')}: {both.untold}</p>}
            <div className="replay-courses">
              <OneCourse title={t('replays.own_rules')} course={both.old} both={both} />
              <OneCourse title={pack} course={both.new} both={both} />
            </div>
            <p><Link to="/cases/$id" params={{ id }}>{t('replays.open_case')}</Link></p>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

type Entry = { at: string; step: Course['steps'][number] } | { at: string; act: Course['dropped'][number] };

/** What happened and what was not taken, as it came; at one moment what happened first. */
export function told(course: Course): Entry[] {
  const steps: Entry[] = course.steps.map((step) => ({ at: step.at, step }));
  const acts: Entry[] = course.dropped.map((act) => ({ at: act.at, act }));
  return [...steps, ...acts].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

export function OneCourse({ title, course, both }: { title: string; course: Course; both: CaseCourses }) {
  const { t, say, word } = useText();
  const state = (name: string) => say(both.words.states[name]) || name;
  const event = (name: string) => say(both.words.events[name]) || word('event', name);
  return (
    <section>
      <h3>{title}</h3>
      <ol className="replay-steps">
        {told(course).map((entry, i) => ('step' in entry ? (
          <li key={i} data-party={entry.step.party}>
            <At at={entry.at} />
            <div>
              <strong>{event(entry.step.event)}</strong> <span className="muted">{word('party', entry.step.party)} → {state(entry.step.to)}</span>{' '}
              <Cite id={entry.step.rule} rules={both.words.rules} />
            </div>
          </li>
        ) : (
          <li key={i} className="dropped"><At at={entry.at} /><div><s>{event(entry.act.event)}</s> <span className="muted">{word('replay_why', entry.act.why)}</span></div></li>
        )))}
        <Stands course={course} state={state(course.state)} />
        {!course.closed_at && course.pending.map((clock) => (
          <li key={clock.clock}>
            <At at={clock.due_at} />
            <div><em>{t('replays.runs')}</em> <strong>{event(clock.event)}</strong> <Cite id={clock.rule} rules={both.words.rules} /></div>
          </li>
        ))}
      </ol>
      {course.uncertain.length > 0 && <p className="muted">{t('replays.unsure', { facts: course.uncertain.join(', ') })}</p>}
    </section>
  );
}

/** How the course came out: its end, or where it stands. */
function Stands({ course, state }: { course: Course; state: string }) {
  const { t } = useText();
  if (course.steps.length === 0) return <li className="stands"><div><strong>{t('replays.not_opened')}</strong></div></li>;
  return (
    <li className="stands">
      {course.closed_at && <At at={course.closed_at} />}
      <div><strong>{course.closed_at ? t('replays.end') : t('replays.stands')}</strong> <span className="muted">{state}</span></div>
    </li>
  );
}
