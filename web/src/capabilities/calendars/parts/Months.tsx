import { memo } from 'react';
import { useText } from '@/kit/text';
import { monthsOf, type Day, type Kind } from './days';

type Props = {
  year: number;
  days: string;
  /** The days as they are kept; what differs is marked. */
  kept: string;
  /** Given while days may be changed. */
  onDay?: (day: Day) => void;
};

/** Twelve months; a day shows its kind by colour and by a sign. */
export function Months(props: Props) {
  const months = monthsOf(props.year);
  return <div className="months">{months.map((month, i) => <Month key={i} number={i + 1} month={month} {...props} />)}</div>;
}

function Month({ number, month, days, kept, onDay }: Props & { number: number; month: Day[] }) {
  const { t, lang } = useText();
  const name = new Intl.DateTimeFormat(lang, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, number - 1, 1));
  return (
    <section className="card month" aria-label={name}>
      <h2>{name}</h2>
      <div className="month-days">
        {t('calendars.weekdays').split(' ').map((weekday) => <span key={weekday} className="muted" aria-hidden>{weekday}</span>)}
        {month.map((day, i) => (
          <DayCell key={day.index} day={day} kind={days[day.index] as Kind} isChanged={days[day.index] !== kept[day.index]} column={i === 0 ? day.weekday + 1 : undefined} onDay={onDay} />
        ))}
      </div>
    </section>
  );
}

type Cell = { day: Day; kind: Kind; isChanged: boolean; column?: number; onDay?: (day: Day) => void };

const DayCell = memo(function DayCell({ day, kind, isChanged, column, onDay }: Cell) {
  const { t, word, lang } = useText();
  const sign = kind === 'h' ? t('calendars.sign_h') : kind === 'm' ? t('calendars.sign_m') : '';
  const className = `day day-${kind}${isChanged ? ' changed' : ''}`;
  const date = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(day.date));
  const label = `${date} ${word('day', kind)}`;
  const style = column === undefined ? undefined : { gridColumnStart: column };
  if (!onDay) return <span className={className} style={style} title={label} data-sign={sign}>{day.day}</span>;
  return <button type="button" className={className} style={style} title={label} aria-label={label} data-sign={sign} onClick={() => onDay(day)}>{day.day}</button>;
});
