/** A list: tabs and filters from the URL, a dense table, the way forwards and back, columns to choose. */

import { Button, Input, Popover, Select } from 'antd';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { useSession } from '@/app/session';
import { problemOf } from '@/api/problem';
import type { Page, ViewList } from '@/api/types';
import { BatchBar } from './BatchBar';
import { useChosenColumns } from './columns';
import { DataTable, type Column } from './DataTable';
import { useHotkeys } from './hotkeys';
import { Empty, Failed, Skeleton } from './PageState';
import { can } from './Perm';
import { useText } from './text';
import type { Query } from '@/api/http';
import { useListUrl, type ListUrl } from './useListUrl';
import { Views } from './Views';

export type Tab = { value: string; label: string; count?: number | string };
export type Filter =
  | { kind: 'search'; name: string; label: string }
  | { kind: 'select'; name: string; label: string; options: { value: string; label: string }[] };

type Props<R> = {
  /** First part of the query key, and the name under which chosen columns are kept. */
  name: string;
  title: string;
  /** `first`: what is shown without a choice, unless that is everything. */
  tabs?: { param: string; items: Tab[]; all?: number | string; first?: string };
  filters: Filter[];
  columns: Column<R>[];
  load: (query: Query, signal: AbortSignal) => Promise<Page<R>>;
  idOf: (row: R) => string;
  onOpen?: (row: R) => void;
  /** Shown while rows are selected. */
  batch?: (rows: R[]) => ReactNode;
  /** Whether rows are cases of this list's kinds, on which many may be acted at once. */
  isBatch?: boolean;
  /** The list that people may save views of. */
  views?: ViewList;
  /** Beside the filters. */
  tools?: ReactNode;
  /** Whether these rows change by themselves and are to be asked for again every second. */
  isMoving?: (rows: R[]) => boolean;
};

/** More than a screen shows; each row costs some twenty elements. */
const ROWS = 30;
const AGAIN_MS = 1_000;

export function ListPage<R>(props: Props<R>) {
  const { name, title, tabs, filters, columns, load, idOf, onOpen, batch, isBatch, views, tools, isMoving } = props;
  const url = useListUrl();
  const { t } = useText();
  const query = useQuery({
    queryKey: [name, 'list', url.search],
    queryFn: ({ signal }) => load({ ...url.search, limit: ROWS }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: (q) => (isMoving?.(q.state.data?.items ?? []) ? AGAIN_MS : false),
  });
  const [chosen, setHidden] = useChosenColumns(name, columns);
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setIds(new Set()), [url.search]);
  const rows = query.data?.items;
  const selected = useMemo(() => (rows ?? []).filter((r) => ids.has(idOf(r))), [rows, ids, idOf]);
  const next = query.data?.next ?? null;
  const canAct = can(useSession(), 'cases.batch') && isBatch === true && views !== undefined;
  const isSelectable = canAct || batch !== undefined;
  return (
    <section className="list-page" aria-label={title}>
      <h1 className="sr-only">{title}</h1>
      {tabs && <Tabs label={title} url={url} {...tabs} />}
      {views && <Views list={views} url={url} />}
      <div className="list-bar">
        {filters.map((filter) => <FilterField key={filter.name} filter={filter} url={url} />)}
        {Object.keys(url.search).length > 0 && <Button type="text" onClick={url.reset}>{t('kit.reset')}</Button>}
        <span className="grow" />
        {canAct && <Link to="/batches" className="tool">{t('batches.title')}</Link>}
        {tools}
        <Columns all={columns} chosen={chosen} onHide={setHidden} />
      </div>
      {isSelectable && selected.length > 0 && (
        <div className="batch">
          {!canAct && <strong>{t('kit.selected', { count: selected.length })}</strong>}
          {canAct && (
            <BatchBar
              key={[...ids].join()} list={views} search={url.search} ids={selected.map(idOf)} isPage={selected.length === rows?.length}
              hasMore={next !== null || Boolean(url.search.after)} onPage={() => setIds(new Set(rows?.map(idOf)))}
            />
          )}
          <span className="grow" />
          {batch?.(selected)}
          <Button size="small" type="text" onClick={() => setIds(new Set())}>{t('kit.clear')}</Button>
        </div>
      )}
      <Rows
        rows={rows} error={query.error} retry={() => void query.refetch()} hasMore={next !== null}
        table={(found) => (
          <DataTable
            label={title} columns={chosen} rows={found} idOf={idOf} onOpen={onOpen}
            selection={isSelectable ? { ids, onChange: setIds } : undefined}
          />
        )}
      />
      <footer className="pager">
        {query.error && rows ? <span className="bad">{problemOf(query.error).message}</span> : null}
        <Button disabled={!url.search.after} onClick={url.back}>{t('kit.previous')}</Button>
        <Button disabled={next === null || query.isPlaceholderData} onClick={() => next !== null && url.forward(next)}>{t('kit.next')}</Button>
      </footer>
    </section>
  );
}

type RowsProps<R> = { rows: R[] | undefined; error: unknown; retry: () => void; hasMore: boolean; table: (rows: R[]) => ReactNode };

function Rows<R>({ rows, error, retry, hasMore, table }: RowsProps<R>) {
  const { t } = useText();
  if (rows === undefined) return <div className="table-box">{error ? <Failed error={error} onRetry={retry} /> : <Skeleton rows={14} />}</div>;
  if (rows.length === 0) return <div className="table-box">{hasMore ? <Empty title={t('kit.none_yet')} hint={t('kit.none_yet_hint')} /> : <Empty />}</div>;
  return table(rows);
}

type TabsProps = NonNullable<Props<unknown>['tabs']> & { label: string; url: ListUrl };

function Tabs({ label, url, param, items, all, first }: TabsProps) {
  const { t } = useText();
  const current = url.search[param] ?? '';
  return (
    <nav className="tabs" aria-label={label}>
      {[{ value: '', label: first ?? t('kit.all'), count: all } as Tab, ...items].map((tab) => (
        <button
          key={tab.value} type="button" aria-current={tab.value === current ? 'page' : undefined}
          onClick={() => url.filter({ [param]: tab.value })}
        >
          {tab.label}
          {tab.count !== undefined && <span className="count">{tab.count}</span>}
        </button>
      ))}
    </nav>
  );
}

function FilterField({ filter, url }: { filter: Filter; url: ListUrl }) {
  const value = url.search[filter.name] ?? '';
  if (filter.kind === 'search') return <SearchField key={value} name={filter.name} label={filter.label} value={value} url={url} />;
  return (
    <Select
      aria-label={filter.label} value={value} style={{ minWidth: 140 }} popupMatchSelectWidth={false}
      options={[{ value: '', label: filter.label }, ...filter.options]} onChange={(chosen) => url.filter({ [filter.name]: chosen })}
    />
  );
}

function SearchField({ name, label, value, url }: { name: string; label: string; value: string; url: ListUrl }) {
  const [text, setText] = useState(value);
  useHotkeys({
    '/': (event) => {
      event.preventDefault();
      document.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus();
    },
  });
  return (
    <Input.Search
      name={name} aria-label={label} placeholder={label} value={text} allowClear style={{ width: 260 }}
      onChange={(e) => setText(e.target.value)} onSearch={(typed) => url.filter({ [name]: typed.trim() })}
    />
  );
}

type ColumnsProps<R> = { all: Column<R>[]; chosen: Column<R>[]; onHide: (hidden: string[]) => void };

function Columns<R>({ all, chosen, onHide }: ColumnsProps<R>) {
  const { t } = useText();
  const shown = new Set(chosen.map((c) => c.key));
  // The first column leads into the row and stays.
  const flip = (key: string) => onHide(all.slice(1).map((c) => c.key).filter((k) => (k === key ? shown.has(k) : !shown.has(k))));
  const boxes = (
    <div className="column-boxes">
      {all.slice(1).map((c) => (
        <label key={c.key}>
          <input type="checkbox" checked={shown.has(c.key)} onChange={() => flip(c.key)} />
          {c.title}
        </label>
      ))}
    </div>
  );
  return <Popover trigger="click" placement="bottomRight" content={boxes}><Button>{t('kit.columns')}</Button></Popover>;
}
