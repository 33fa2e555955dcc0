import type { CaseView, Clock } from '@/api/types';
import { AtZero } from './AtZero';
import { Calendar } from './Calendar';
import { Countdown } from './Countdown';
import { due } from './format';
import { useText } from './text';

/** The running deadlines of a case, nearest first: time left, the due, what happens at zero and why. */
export function Clocks({ view }: { view: CaseView }) {
  const sorted = [...view.next].sort((a, b) => Date.parse(a.due_at ?? '9999-01-01') - Date.parse(b.due_at ?? '9999-01-01'));
  return <ul className="clocks">{sorted.map((clock, i) => <One key={clock.clock} clock={clock} view={view} isFirst={i === 0} />)}</ul>;
}

function One({ clock, view, isFirst }: { clock: Clock; view: CaseView; isFirst: boolean }) {
  const { t } = useText();
  return (
    <li>
      {clock.due_at
        ? <Countdown due={clock.due_at} big={isFirst} />
        : <span className="muted">{clock.blocked === 'paused' ? t('kit.clock_paused') : t('kit.clock_blocked', { what: clock.blocked ?? '' })}</span>}
      <div className="stack">
        <span className="line"><span className="muted">{t('kit.at_zero')}</span><AtZero next={clock} rules={view.rules} /></span>
        <small className="muted num">
          {clock.due_at && <>{t('board.due')} {due(Date.parse(clock.due_at))} · </>}{clock.length} · <Calendar text={clock.calendar} after={clock.length} />
        </small>
      </div>
    </li>
  );
}
