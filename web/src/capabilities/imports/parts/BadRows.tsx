/** Rows of which no order was made: to look at, to download, to correct and to send in again. */

import { Button } from 'antd';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { BadRow, ImportView } from '@/api/types';
import { Card } from '@/kit/Facts';
import { Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { Upload } from './Upload';

const ROWS = 30;

export function BadRows({ row }: { row: ImportView }) {
  const { t, word } = useText();
  const [code, setCode] = useState('');
  const { rows: all, rows_bad: count, bad } = row.counts;
  if (count === 0) return <Card title={t('imports.bad_rows')}><p>{t('imports.bad_rows_none')}</p></Card>;
  if (!row.has_file) return <Card title={t('imports.bad_rows')}><p>{t('imports.forgotten')}</p></Card>;
  return (
    <Card title={`${t('imports.bad_rows')} (${count})`}>
      {2 * (bad.not_text ?? 0) > all && <p className="bad" role="status">{t('imports.other_encoding')}</p>}
      <p className="muted">{t('imports.bad_rows_about')}</p>
      <div className="next">
        <Button href={calls.badRowsUrl(row.id)} download>{t('imports.download')}</Button>
        <select className="native" name="problem" aria-label={t('imports.problem')} value={code} onChange={(event) => setCode(event.target.value)}>
          <option value="">{`${t('imports.any_problem')} (${count})`}</option>
          {Object.entries(bad).map(([key, n]) => <option key={key} value={key}>{`${word('import_problem', key)} (${n})`}</option>)}
        </select>
      </div>
      <Rows key={code} id={row.id} run={`${row.state} ${row.ended_at}`} code={code} />
      <Upload id="import-again" label={t('imports.again')} hint={t('imports.drop')} source={row.source} />
    </Card>
  );
}

function Rows({ id, run, code }: { id: string; run: string; code: string }) {
  const { t } = useText();
  const [trail, setTrail] = useState<string[]>([]);
  const after = trail.at(-1) ?? null;
  const query = useQuery({
    queryKey: ['import', id, 'rows', run, code, after],
    queryFn: () => calls.badRows(id, { code, after, limit: ROWS }),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query} rows={5}>
      {({ items, next }) => (
        <>
          <Table id={id} items={items} />
          {(trail.length > 0 || next) && (
            <p className="pager">
              <Button disabled={trail.length === 0} onClick={() => setTrail(trail.slice(0, -1))}>{t('kit.previous')}</Button>
              <Button disabled={next === null || query.isPlaceholderData} onClick={() => next !== null && setTrail([...trail, next])}>{t('kit.next')}</Button>
            </p>
          )}
        </>
      )}
    </Loaded>
  );
}

function Table({ id, items }: { id: string; items: BadRow[] }) {
  const { t, say } = useText();
  // How a file is read does not change once it has been tried.
  const { data: preview } = useQuery({ queryKey: ['import', id, 'preview'], queryFn: () => calls.importPreview(id), staleTime: Infinity });
  return (
    <table className="bad-table">
      <thead><tr><th scope="col" className="n">{t('imports.line')}</th><th scope="col" className="why">{t('imports.problem')}</th><th scope="col">{t('imports.cells')}</th></tr></thead>
      <tbody>
        {items.map((row) => (
          <tr key={row.line} data-line={row.line}>
            <td className="num n">{row.line}</td>
            <td>{row.problems.map((p, i) => <div key={i}>{p.column && <strong>{p.column}: </strong>}{say(p.text)}</div>)}</td>
            <td><Cells headers={preview?.headers ?? []} cells={row.cells} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What stands in the row, each cell below its column's name; an empty one too, for it may be what is wrong. */
function Cells({ headers, cells }: { headers: string[]; cells: string[] }) {
  return (
    <span className="cells">
      {cells.map((cell, i) => <span key={i}><small className="muted">{headers[i] ?? `#${i + 1}`}</small>{cell.trim() || '–'}</span>)}
    </span>
  );
}
