import { Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { CalendarListed, CalendarYear } from '@/api/calendarTypes';
import { At } from '@/kit/At';
import { Loaded } from '@/kit/PageState';
import { Perm } from '@/kit/Perm';
import { useText } from '@/kit/text';
import { countOf } from '../parts/days';
import { Editor } from '../parts/Editor';
import { Months } from '../parts/Months';
import '../calendars.css';

const route = getRouteApi('/calendars/$region/$year');

/** A year of a day table: which days count as working days, who corrected it, and what a correction would move. */
export function CalendarPage() {
  const { region, year } = route.useParams();
  const { t } = useText();
  const all = useQuery({ queryKey: ['calendars'], queryFn: calls.calendars });
  const query = useQuery({ queryKey: ['calendars', region, year], queryFn: () => calls.calendarYear(region, year) });
  return (
    <section className="list-page calendar-page" aria-labelledby="calendar-title">
      <header className="page-head">
        <Link to="/packs">{t('packs.title')}</Link>
        <h1 id="calendar-title">{t('calendars.title')}</h1>
        <Years all={all.data} region={region} year={Number(year)} />
        <p className="muted">{t('calendars.about')}</p>
      </header>
      <Awaited all={all.data} region={region} />
      <Loaded query={query}>{(found) => <Year key={`${region} ${year} ${found.edits[0]?.id ?? ''}`} year={found} />}</Loaded>
    </section>
  );
}

function Years({ all, region, year }: { all: CalendarListed[] | undefined; region: string; year: number }) {
  const { t } = useText();
  const navigate = useNavigate();
  const years = all?.find((one) => one.region === region)?.years.map((one) => one.year) ?? [];
  // The year after the last one can be told in advance.
  const choices = [...new Set([...years, year, ...(years.length > 0 ? [Math.max(...years) + 1] : [])])].sort((a, b) => b - a);
  const go = (to: { region: string; year: string }) => void navigate({ to: '/calendars/$region/$year', params: to });
  return (
    <>
      {all && all.length > 1 && (
        <label>{t('calendars.region')} <select value={region} onChange={(e) => go({ region: e.target.value, year: String(year) })}>
          {all.map((one) => <option key={one.region}>{one.region}</option>)}
        </select></label>
      )}
      <label>{t('calendars.year')} <select value={year} onChange={(e) => go({ region, year: e.target.value })}>
        {choices.map((choice) => <option key={choice}>{choice}</option>)}
      </select></label>
    </>
  );
}

/** Clocks that stand still because nobody told the days of their year. */
function Awaited({ all, region }: { all: CalendarListed[] | undefined; region: string }) {
  const { t } = useText();
  const awaited = all?.find((one) => one.region === region)?.years.filter((one) => one.awaited_by > 0) ?? [];
  return awaited.map((one) => (
    <p key={one.year} className="card bad" role="alert">
      {t('calendars.awaited', { count: one.awaited_by, year: one.year })} <Link to="/calendars/$region/$year" params={{ region, year: String(one.year) }}>{one.year}</Link>
    </p>
  ));
}

function Year({ year }: { year: CalendarYear }) {
  const { t, word } = useText();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <div className="line wrap calendar-legend">
        {(['w', 'm', 'e', 'h'] as const).map((kind) => (
          <span key={kind} className="line"><span className={`day day-${kind}`} aria-hidden>{kind === 'h' ? t('calendars.sign_h') : kind === 'm' ? t('calendars.sign_m') : '1'}</span>{word('day', kind)} {countOf(year.days, kind)}</span>
        ))}
        <span className="grow" />
        {!year.is_loaded && <strong className="bad">{t('calendars.not_loaded')}</strong>}
        {!isEditing && <Perm needs="calendars.edit"><Button type="primary" onClick={() => setEditing(true)}>{t(year.is_loaded ? 'calendars.edit' : 'calendars.tell')}</Button></Perm>}
      </div>
      {isEditing ? <Editor year={year} onDone={() => setEditing(false)} /> : <Months year={year.year} days={year.days} kept={year.days} />}
      {year.edits.length > 0 && (
        <section className="card" aria-label={t('calendars.edits')}>
          <h2>{t('calendars.edits')}</h2>
          <ul>{year.edits.map((edit) => <li key={edit.id} className="line wrap"><At at={edit.at} /> {edit.by && <span>{edit.by}</span>} <span className="muted">{edit.source}</span></li>)}</ul>
        </section>
      )}
    </>
  );
}
