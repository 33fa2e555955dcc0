import { App, Button } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import * as calls from '@/api/calls';
import type { CalendarYear, DeadlineMoves } from '@/api/calendarTypes';
import { problemOf } from '@/api/problem';
import { problemText, useText } from '@/kit/text';
import { changedDays, nextKind, pastFirst, withSpan, type Day, type Kind } from './days';
import { Months } from './Months';
import { Moves } from './Moves';

const SAMPLES_MAX = 50;

/** The preview of every case, page by page. */
async function wholePreview(year: CalendarYear, days: string): Promise<DeadlineMoves> {
  let all = await calls.previewDays(year.region, year.year, { days });
  while (all.after) {
    const more = await calls.previewDays(year.region, year.year, { days, after: all.after });
    all = {
      clocks: all.clocks + more.clocks, later: all.later + more.later, earlier: all.earlier + more.earlier, past: all.past + more.past,
      untold: all.untold + more.untold, samples: pastFirst([...all.samples, ...more.samples]).slice(0, SAMPLES_MAX), after: more.after,
    };
  }
  return all;
}

/** Days are clicked or set by span, then looked at with the deadlines they would move, then kept with what they rest on. */
export function Editor({ year, onDone }: { year: CalendarYear; onDone: () => void }) {
  const { t, word } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [days, setDays] = useState(year.days);
  const [source, setSource] = useState('');
  const onDay = useCallback((day: Day) => {
    setDays((before) => before.slice(0, day.index) + nextKind(before[day.index] as Kind, day.weekday) + before.slice(day.index + 1));
  }, []);
  const preview = useMutation({ mutationFn: (asked: string) => wholePreview(year, asked) });
  const save = useMutation({
    mutationFn: () => calls.saveDays(year.region, year.year, { days, source, seen: year.edits[0]?.id }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['calendars'] });
      void message.success(t('calendars.saved'));
      onDone();
    },
  });
  const changed = changedDays(year.days, days, year.year);
  const isLookedAt = preview.data !== undefined && preview.variables === days;
  const error = preview.error ?? save.error;
  const isNew = !year.is_loaded || changed.length > 0;
  return (
    <>
      <div className="card calendar-editor">
        <Span year={year.year} onSpan={(span, kind) => setDays((before) => withSpan(before, year.year, span, kind))} />
        <p className="muted">{t('calendars.click_hint')}</p>
        <p>{t('calendars.changed', { count: changed.length })} {changed.slice(0, 12).map((day) => `${day.date.slice(5)} ${word('day', days[day.index] as Kind)}`).join(t('calendars.comma'))}{changed.length > 12 && '…'}</p>
        <div className="line wrap">
          <Button type={isLookedAt ? 'default' : 'primary'} disabled={!isNew} loading={preview.isPending} onClick={() => preview.mutate(days)}>{t('calendars.preview')}</Button>
          <Button onClick={onDone}>{t('kit.cancel')}</Button>
        </div>
        {isLookedAt && <Moves moves={preview.data} />}
        {isLookedAt && (
          <form className="line wrap" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
            <label className="line grow">{t('calendars.source')} <input className="grow" required maxLength={300} value={source} onChange={(e) => setSource(e.target.value)} placeholder={t('calendars.source_hint')} /></label>
            <Button type="primary" htmlType="submit" loading={save.isPending} disabled={source.trim() === ''}>{t('calendars.save')}</Button>
          </form>
        )}
        {error && <p className="form-failure" role="alert">{problemText(t, problemOf(error))}</p>}
      </div>
      <Months year={year.year} days={days} kept={year.days} onDay={onDay} />
    </>
  );
}

function Span({ year, onSpan }: { year: number; onSpan: (span: [string, string], kind: 'free' | 'work') => void }) {
  const { t } = useText();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const span: [string, string] = [from, to || from];
  const bounds = { min: `${year}-01-01`, max: `${year}-12-31` };
  return (
    <div className="line wrap">
      <label>{t('calendars.span_from')} <input type="date" {...bounds} value={from} onChange={(e) => setFrom(e.target.value)} /></label>
      <label>{t('calendars.span_to')} <input type="date" {...bounds} value={to} onChange={(e) => setTo(e.target.value)} /></label>
      <Button disabled={!from} onClick={() => onSpan(span, 'free')}>{t('calendars.set_free')}</Button>
      <Button disabled={!from} onClick={() => onSpan(span, 'work')}>{t('calendars.set_work')}</Button>
    </div>
  );
}
