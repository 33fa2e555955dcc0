import type { Quantiles, ReplayReport } from '@/api/types';
import { Money } from '@/kit/Money';
import { useText, type T } from '@/kit/text';

/** Milliseconds as signed days and hours, for reading at a glance. */
export function span(ms: number): string {
  const hours = Math.round(Math.abs(ms) / 3_600_000);
  const text = hours >= 48 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours} h`;
  return `${ms < 0 ? '−' : '+'}${text}`;
}

/** How many cases end at another time, and by how much: of few the range alone, for their quantiles would say no more than some of them. */
export function later(t: T, { count, min, p5, p50, p95, max }: Quantiles): string {
  if (count === undefined || p5 == null || p50 == null || p95 == null) {
    const range = min === max ? span(min) : t('replays.range', { min: span(min), max: span(max) });
    return count === undefined ? range : t('replays.of_cases', { count, what: range });
  }
  return t('replays.of_cases', { count, what: t('replays.quantiles', { p5: span(p5), p50: span(p50), p95: span(p95) }) });
}

/** Counts by kind, and money by currency and sort. */
export function Totals({ report }: { report: ReplayReport }) {
  const { t, word } = useText();
  const columns = ['cases', 'same', 'end', 'way', 'time', 'money', 'uncertain'] as const;
  return (
    <div className="replay-totals">
      <div className="table-box" tabIndex={0} role="region" aria-label={t('replays.totals')}>
        <table className="data">
          <thead>
            <tr>
              <th scope="col">{t('replays.kind')}</th>
              {columns.map((c) => <th key={c} scope="col" className="right">{word('replay_sort', c)}</th>)}
              <th scope="col" className="right">{t('replays.silent')}</th>
              <th scope="col" className="right">{t('replays.later')}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(report.kinds).map(([kind, totals]) => (
              <tr key={kind}>
                <th scope="row">{word('kind', kind)}</th>
                {columns.map((c) => <td key={c} className="right num">{totals[c]}</td>)}
                <td className="right num">{totals.silent[0]} → {totals.silent[1]}</td>
                <td className="right num nowrap">{totals.later_ms ? later(t, totals.later_ms) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <MoneyTable report={report} />
    </div>
  );
}

function MoneyTable({ report }: { report: ReplayReport }) {
  const { t, word } = useText();
  const rows = Object.entries(report.money).flatMap(([currency, sorts]) => Object.entries(sorts).map(([what, sum]) => ({ currency, what, ...sum })));
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('replays.sums')}>
      <table className="data">
        <thead>
          <tr>
            <th scope="col">{t('replays.sums')}</th><th scope="col" className="right">{t('replays.before')}</th>
            <th scope="col" className="right">{t('replays.after')}</th><th scope="col" className="right">{t('replays.more')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ currency, what, before, after }) => (
            <tr key={`${currency} ${what}`}>
              <th scope="row">{word('replay_money', what)}</th>
              <td className="right"><Money minor={before} currency={currency} /></td>
              <td className="right"><Money minor={after} currency={currency} /></td>
              <td className="right"><Money minor={after - before} currency={currency} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
