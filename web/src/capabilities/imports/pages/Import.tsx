/** One file on its way: preview and columns, dry run, import, result. */

import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { ImportView } from '@/api/types';
import { Empty, Loaded } from '@/kit/PageState';
import { can, Perm } from '@/kit/Perm';
import { useText } from '@/kit/text';
import { useListUrl } from '@/kit/useListUrl';
import { useSession } from '@/app/session';
import { Columns } from '../parts/Columns';
import { Forget } from '../parts/Forget';
import { Preview } from '../parts/Preview';
import { Overview, Result, Running } from '../parts/Result';
import '../imports.css';

const POLL_MS = 700;
const STEPS = ['imports.step_file', 'imports.step_columns', 'imports.step_check', 'imports.step_run', 'imports.step_result'] as const;

const isBusy = (row: ImportView | undefined) => row?.state === 'waiting' || row?.state === 'running';

export function ImportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery({
    queryKey: ['import', id, 'view'],
    queryFn: () => calls.importView(id),
    refetchInterval: ({ state }) => (isBusy(state.data) ? POLL_MS : false),
  });
  return <Loaded query={query} rows={10}>{(row) => <Page key={id} row={row} />}</Loaded>;
}

function stepOf(row: ImportView, isChanging: boolean): number {
  if (isChanging || row.state === 'uploaded' || row.state === 'failed') return 1;
  if (isBusy(row)) return row.is_dry ? 2 : 3;
  return row.state === 'checked' ? 2 : 4;
}

function Page({ row }: { row: ImportView }) {
  const { t, say, word } = useText();
  const session = useSession();
  const [isChanging, setChanging] = useState(false);
  const step = stepOf(row, isChanging && row.state === 'checked');
  return (
    <div className="import-page">
      <header className="page-head">
        <h1>{row.file_name}</h1>
        <span className="pill">{word('import_state', row.state)}</span>
        {row.source_name && <span className="muted">{row.source_name}{row.shop_name && ` · ${row.shop_name}`}</span>}
        <span className="grow" />
        {row.has_file && !isBusy(row) && <Perm needs="imports.manage"><Forget id={row.id} /></Perm>}
        <Link to="/imports">{t('imports.to_list')}</Link>
      </header>
      <nav aria-label={t('imports.steps')}>
        <ol className="strip">
          {STEPS.map((key, i) => <li key={key} className={i < step ? 'been' : i === step ? 'now' : 'ahead'} aria-current={i === step ? 'step' : undefined}>{t(key)}</li>)}
        </ol>
      </nav>
      {row.failure && <p className="form-failure" role="alert">{t('imports.failed_title')}: {say(row.failure.text)}</p>}
      {can(session, 'imports.manage') ? <Step row={row} step={step} setChanging={setChanging} /> : <Overview row={row} />}
    </div>
  );
}

function Step({ row, step, setChanging }: { row: ImportView; step: number; setChanging: (isChanging: boolean) => void }) {
  const { t } = useText();
  if (isBusy(row)) return <Running row={row} />;
  if (step !== 1) return <Result row={row} onBack={() => setChanging(true)} />;
  if (!row.has_file) return <Empty title={t('imports.forgotten')} />;
  return <SetUp row={row} onStart={() => setChanging(false)} />;
}

function SetUp({ row, onStart }: { row: ImportView; onStart: () => void }) {
  const { search } = useListUrl();
  const preview = useQuery({ queryKey: ['import', row.id, 'preview'], queryFn: () => calls.importPreview(row.id), staleTime: Infinity });
  const sources = useQuery({ queryKey: ['import-sources'], queryFn: calls.importSources });
  return (
    <Loaded query={preview} rows={8}>
      {(shown) => (
        <>
          <Preview id={row.id} preview={shown} />
          <Loaded query={sources}>
            {({ items }) => <Columns key={JSON.stringify(shown.format)} row={row} preview={shown} sources={items} asked={search.source} onStart={onStart} />}
          </Loaded>
        </>
      )}
    </Loaded>
  );
}
