import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReplayChanged, ReplayReport } from '@/api/types';
import { At } from '@/kit/At';
import { Empty } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { Courses } from './Courses';

const SORTS = ['end', 'way', 'time', 'money'] as const;

/** Cases that differ, by kind and sort of difference; one opens with both courses side by side. */
export function Changed({ report, pack, shops }: { report: ReplayReport; pack: string; shops: Record<string, string> }) {
  const { t, word } = useText();
  const [kind, setKind] = useState('');
  const [sort, setSort] = useState('');
  const [open, setOpen] = useState<ReplayChanged | null>(null);
  const rows = report.changed.filter((row) => (!kind || row.kind === kind) && (!sort || row.sorts.includes(sort)));
  return (
    <section aria-labelledby="changed-title" className="replay-changed">
      <div className="line wrap">
        <h2 id="changed-title">{t('replays.changed')}</h2>
        <label>{t('replays.kind')} <select value={kind} onChange={(e) => setKind(e.target.value)}>
          <option value="">{t('replays.all')}</option>
          {Object.keys(report.kinds).map((k) => <option key={k} value={k}>{word('kind', k)}</option>)}
        </select></label>
        <label>{t('replays.sort')} <select value={sort} onChange={(e) => setSort(e.target.value)}>
          <option value="">{t('replays.all')}</option>
          {SORTS.map((s) => <option key={s} value={s}>{word('replay_sort', s)}</option>)}
        </select></label>
        <small className="muted">{t('replays.listed')}</small>
      </div>
      {rows.length === 0 ? <Empty title={t('replays.nothing')} /> : <Rows rows={rows} report={report} shops={shops} onOpen={setOpen} />}
      {open && <Courses id={open.case} name={`${word('kind', open.kind)} ${nameOf(open)}`} pack={pack} onClose={() => setOpen(null)} />}
    </section>
  );
}

/** The number that people know; the case's own id where no order is known. */
const nameOf = (row: ReplayChanged) => row.number ?? row.case;

type RowsProps = { rows: ReplayChanged[]; report: ReplayReport; shops: Record<string, string>; onOpen: (row: ReplayChanged) => void };

function Rows({ rows, report, shops, onOpen }: RowsProps) {
  const { t, say, word } = useText();
  const state = (row: ReplayChanged, name: string) => say(report.words[row.kind]?.states[name]) || name || t('replays.not_opened');
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('replays.changed')}>
      <table className="data">
        <thead>
          <tr>{[t('replays.number'), t('replays.shop'), t('replays.kind'), t('replays.sort'), t('replays.before'), t('replays.after')].map((title) => <th key={title} scope="col">{title}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.case}>
              <td><button type="button" className="cite num" onClick={() => onOpen(row)}>{nameOf(row)}</button> <Link to="/cases/$id" params={{ id: row.case }}>{t('replays.open_case')}</Link></td>
              <td>{row.shop ? shops[row.shop] ?? row.shop : null}</td>
              <td>{word('kind', row.kind)}</td>
              <td>{row.sorts.map((s) => word('replay_sort', s)).join(' · ')}{row.is_uncertain ? ` · ${word('replay_sort', 'uncertain')}` : ''}</td>
              <td><Standing state={state(row, row.old_state)} end={row.old_end} due={row.old_due} /></td>
              <td><Standing state={state(row, row.new_state)} end={row.new_end} due={row.new_due} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where a course stands: when it ended, or when its next clock does. */
function Standing({ state, end, due }: { state: string; end?: string | null; due?: string | null }) {
  const { t } = useText();
  return (
    <span className="stack">
      {state}
      <small className="muted">{end ? t('replays.ended') : t('replays.due')} <At at={end ?? due} /></small>
    </span>
  );
}
