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
export function Courses({ id, pack, onClose }: { id: string; pack: string; onClose: () => void }) {
  const { t } = useText();
  const query = useQuery({ queryKey: ['courses', id, pack], queryFn: () => calls.courses(id, pack) });
  return (
    <Dialog shape="drawer" title={`${t('replays.courses')} ${id}`} onClose={onClose}>
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

function OneCourse({ title, course, both }: { title: string; course: Course; both: CaseCourses }) {
  const { t, say, word } = useText();
  const state = (name: string) => say(both.words.states[name]) || name;
  const event = (name: string) => say(both.words.events[name]) || word('event', name);
  return (
    <section>
      <h3>{title}</h3>
      <ol className="replay-steps">
        {course.steps.map((step, i) => (
          <li key={i} data-party={step.party}>
            <At at={step.at} />
            <div><strong>{event(step.event)}</strong> <span className="muted">{word('party', step.party)} → {state(step.to)}</span> <Cite id={step.rule} rules={both.words.rules} /></div>
          </li>
        ))}
        {course.dropped.map((act, i) => (
          <li key={`d${i}`} className="dropped"><At at={act.at} /><div><s>{event(act.event)}</s> <span className="muted">{word('replay_why', act.why)}</span></div></li>
        ))}
        {course.pending.map((clock) => (
          <li key={clock.clock}><At at={clock.due_at} /><div><em>{t('replays.runs')}</em> <Cite id={clock.rule} rules={both.words.rules} /></div></li>
        ))}
      </ol>
      {course.uncertain.length > 0 && <p className="muted">{t('replays.unsure', { facts: course.uncertain.join(', ') })}</p>}
    </section>
  );
}
