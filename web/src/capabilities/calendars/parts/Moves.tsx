import { Link } from '@tanstack/react-router';
import type { DeadlineMoves, MovedDeadline } from '@/api/calendarTypes';
import { At } from '@/kit/At';
import { caseLink } from '@/kit/links';
import { useText } from '@/kit/text';

/** What a correction would do to open deadlines. */
export function Moves({ moves }: { moves: DeadlineMoves }) {
  const { t, word } = useText();
  const counts = [['later', moves.later], ['earlier', moves.earlier], ['past', moves.past], ['untold', moves.untold]] as const;
  return (
    <div className="stack moves">
      <p>{t('calendars.looked', { count: moves.clocks })}</p>
      <dl className="line wrap">
        {counts.map(([name, count]) => (
          <div key={name} className="line">
            <dt className="muted">{word('moved', name)}</dt>
            <dd className={name !== 'later' && count > 0 ? 'num bad' : 'num'}>{count}</dd>
          </div>
        ))}
      </dl>
      {moves.past > 0 && <p className="bad" role="alert">{t('calendars.past_warning', { count: moves.past })}</p>}
      {moves.samples.length > 0 && <Samples samples={moves.samples} />}
    </div>
  );
}

function Samples({ samples }: { samples: MovedDeadline[] }) {
  const { t, word, say } = useText();
  const titles = [t('calendars.case'), t('calendars.state'), t('calendars.from'), t('calendars.to')];
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('calendars.samples')}>
      <table className="data cards">
        <thead><tr>{titles.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
        <tbody>
          {samples.map((one) => (
            <tr key={`${one.case} ${one.clock}`}>
              <td className="head"><Link {...caseLink({ id: one.case, kind: one.kind })}>{word('kind', one.kind)} <small className="muted">{one.case}</small></Link></td>
              <td data-title={titles[1]}>{say(one.state)}</td>
              <td data-title={titles[2]}><At at={one.from} /></td>
              <td data-title={titles[3]}><At at={one.to} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
