/** What a run found, and the way on. */

import { Button } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { ImportView } from '@/api/types';
import { Card } from '@/kit/Facts';
import { Money } from '@/kit/Money';
import { problemText, useText } from '@/kit/text';
import { BadRows } from './BadRows';

export function Running({ row }: { row: ImportView }) {
  const { t } = useText();
  const { done, total, counts, state } = row;
  const isReading = done < 0;
  const text = isReading ? t('imports.reading', { rows: counts.rows }) : t('imports.judging', { done, total });
  const [value, max] = isReading ? [counts.rows, row.row_count] : [done, total];
  return (
    <Card title={row.is_dry ? t('imports.step_check') : t('imports.step_run')}>
      <p role="status">{state === 'waiting' ? t('imports.waiting') : text}</p>
      <progress className="run-bar" value={value} max={Math.max(max, 1)} aria-label={t('imports.steps')} />
      <p className="muted">{t('imports.leave')}</p>
    </Card>
  );
}

export function Result({ row, onBack }: { row: ImportView; onBack: () => void }) {
  const { t } = useText();
  const { counts } = row;
  const isDry = row.state === 'checked';
  const written = counts.orders_new > 0 ? t('imports.written', { orders: counts.orders_new, rows: counts.rows_new }) : t('imports.nothing_new');
  return (
    <>
      <Card title={isDry ? t('imports.check_result') : t('imports.run_result')}>
        <p role="status"><strong>{isDry ? t('imports.nothing_written') : written}</strong></p>
        <Figures row={row} />
        {isDry && row.has_file && <Next row={row} onBack={onBack} />}
        {!row.has_file && counts.rows_bad === 0 && <p>{t('imports.forgotten')}</p>}
      </Card>
      <BadRows row={row} />
    </>
  );
}

/** For those who may see that there are imports, and not what stands in them. */
export function Overview({ row }: { row: ImportView }) {
  const { t } = useText();
  return <Card title={row.is_dry ? t('imports.check_result') : t('imports.run_result')}><Figures row={row} /></Card>;
}

function Figures({ row }: { row: ImportView }) {
  const { t } = useText();
  const { counts } = row;
  const figures: [string, number, boolean?][] = [
    [t('imports.count_rows'), counts.rows],
    [t('imports.count_new'), counts.orders_new],
    [t('imports.count_new_rows'), counts.rows_new],
    [t('imports.count_known'), counts.orders_known],
    [t('imports.count_bad'), counts.rows_bad, counts.rows_bad > 0],
    [t('imports.count_products'), counts.products_new],
    [t('imports.count_buyers'), counts.buyers_new],
  ];
  return (
    <dl className="figures">
      {figures.map(([name, value, isBad]) => <div key={name}><dt className="muted">{name}</dt><dd className={isBad ? 'bad' : ''}>{value}</dd></div>)}
      <div><dt className="muted">{t('imports.count_amount')}</dt><dd><Money minor={counts.amount_minor} currency={row.currency} /></dd></div>
    </dl>
  );
}

function Next({ row, onBack }: { row: ImportView; onBack: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const run = useMutation({
    mutationFn: () => calls.startImport(row.id, { source: row.source ?? '', dry_run: false }),
    onSuccess: (view) => queries.setQueryData(['import', row.id, 'view'], view),
  });
  const { orders_new: orders } = row.counts;
  return (
    <>
      {run.error && <p className="form-failure" role="alert">{problemText(t, problemOf(run.error))}</p>}
      <p className="next">
        <Button type="primary" loading={run.isPending} disabled={orders === 0} onClick={() => run.mutate()}>{t('imports.run')}</Button>
        <Button onClick={onBack}>{t('imports.back')}</Button>
        <span className="muted">{orders === 0 ? t('imports.nothing_to_run') : t('imports.run_about', { orders })}</span>
      </p>
    </>
  );
}
