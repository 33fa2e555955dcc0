/** A native table for dense lists: rows are memoised, so neither a tick, a selection nor the moving row re-renders the others. */

import { memo, useCallback, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useHotkeys } from './hotkeys';
import { useText } from './text';

export type Column<R> = {
  key: string;
  title: string;
  cell: (row: R) => ReactNode;
  /** Width in px; a column without one takes what is left. */
  width?: number;
  align?: 'right';
};

export type Selection = { ids: ReadonlySet<string>; onChange: (ids: ReadonlySet<string>) => void };

type Props<R> = {
  label: string;
  columns: Column<R>[];
  rows: R[];
  idOf: (row: R) => string;
  onOpen?: (row: R) => void;
  selection?: Selection;
};

type RowProps<R> = {
  row: R;
  id: string;
  columns: Column<R>[];
  isActive: boolean;
  isSelected: boolean;
  isSelectable: boolean;
  selectText: string;
  onOpen?: (row: R) => void;
  onToggle: (id: string, isRange: boolean) => void;
};

/** A click on the row opens it, unless it was meant for something inside, or for marking text. */
function isForRow(event: { target: EventTarget }): boolean {
  const inside = event.target instanceof Element && event.target.closest('a, button, input, label, [data-own]');
  return !inside && (window.getSelection()?.isCollapsed ?? true);
}

function PlainCells<R>({ row, columns }: { row: R; columns: Column<R>[] }): ReactNode {
  return columns.map((column) => <td key={column.key} className={column.align}>{column.cell(row)}</td>);
}

/** Selecting all rows changes boxes and colours, no cell. */
const Cells = memo(PlainCells) as typeof PlainCells;

function PlainRow<R>({ row, id, columns, isActive, isSelected, isSelectable, selectText, onOpen, onToggle }: RowProps<R>) {
  const className = `${isActive ? 'active' : ''}${isSelected ? ' selected' : ''}`;
  return (
    <tr className={className} data-id={id} onClick={onOpen && ((event) => isForRow(event) && onOpen(row))}>
      {isSelectable && (
        <td className="check">
          <input type="checkbox" checked={isSelected} aria-label={selectText} onChange={(event) => onToggle(id, isShifted(event.nativeEvent))} />
        </td>
      )}
      <Cells row={row} columns={columns} />
    </tr>
  );
}

const Row = memo(PlainRow) as typeof PlainRow;

/** A click with the shift key, which a box tells of as a change. */
const isShifted = (event: Event): boolean => 'shiftKey' in event && event.shiftKey === true;

/** `ids` with `id` added or taken away. */
export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** `ids` with all rows of `order` from `from` to `to` added. */
export function ranged(ids: ReadonlySet<string>, order: string[], from: string, to: string): ReadonlySet<string> {
  const [a, b] = [order.indexOf(from), order.indexOf(to)];
  if (a < 0 || b < 0) return toggled(ids, to);
  return new Set([...ids, ...order.slice(Math.min(a, b), Math.max(a, b) + 1)]);
}

type Active<R> = Props<R> & { body: RefObject<HTMLElement | null>; onToggle: (id: string, isRange: boolean) => void };

function useActive<R>({ rows, idOf, onOpen, selection, body, onToggle }: Active<R>) {
  const [active, setActive] = useState(-1);
  const show = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    body.current?.querySelectorAll('tbody tr')[next]?.scrollIntoView({ block: 'nearest' });
  };
  const row = rows[active];
  useHotkeys({
    j: () => show(active + 1),
    k: () => show(active - 1),
    x: () => row && selection && onToggle(idOf(row), false),
    ' ': (event) => {
      // A box or button that has the focus takes the key itself.
      if (!row || !selection || (event.target instanceof Element && event.target.closest('a, button, input, summary'))) return;
      event.preventDefault();
      onToggle(idOf(row), event.shiftKey);
    },
    Enter: (event) => {
      const isControl = event.target instanceof Element && event.target.closest('a, button, input');
      if (row && !isControl) onOpen?.(row);
    },
  });
  return active;
}

export function DataTable<R>(props: Props<R>) {
  const { label, columns, rows, idOf, onOpen, selection } = props;
  const { t } = useText();
  const body = useRef<HTMLDivElement>(null);
  const ids = useMemo(() => rows.map(idOf), [rows, idOf]);
  const latest = useRef(selection);
  latest.current = selection;
  const order = useRef(ids);
  order.current = ids;
  const anchor = useRef('');
  const onToggle = useCallback((id: string, isRange: boolean) => {
    const now = latest.current;
    now?.onChange(isRange ? ranged(now.ids, order.current, anchor.current, id) : toggled(now.ids, id));
    anchor.current = id;
  }, []);
  const active = useActive({ ...props, body, onToggle });
  const selectedCount = selection ? ids.filter((id) => selection.ids.has(id)).length : 0;
  return (
    <div className="table-box" ref={body} tabIndex={0} role="region" aria-label={label}>
      <table className="data">
        <colgroup>
          {selection && <col style={{ width: 36 }} />}
          {columns.map((c) => <col key={c.key} style={c.width ? { width: c.width } : undefined} />)}
        </colgroup>
        <thead>
          <tr>
            {selection && (
              <th className="check">
                <AllBox
                  isAll={selectedCount === ids.length && ids.length > 0}
                  isSome={selectedCount > 0 && selectedCount < ids.length}
                  text={t('kit.select_all')}
                  onChange={(all) => selection.onChange(new Set(all ? ids : []))}
                />
              </th>
            )}
            {columns.map((c) => <th key={c.key} scope="col" className={c.align}>{c.title}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const id = ids[index] ?? '';
            return (
              <Row
                key={id} id={id} row={row} columns={columns} isActive={index === active} isSelectable={selection !== undefined}
                isSelected={selection?.ids.has(id) ?? false} selectText={t('kit.select_row')} onOpen={onOpen} onToggle={onToggle}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function AllBox({ isAll, isSome, text, onChange }: { isAll: boolean; isSome: boolean; text: string; onChange: (all: boolean) => void }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = isSome;
  }, [isSome]);
  return <input ref={box} type="checkbox" checked={isAll} aria-label={text} onChange={(e) => onChange(e.target.checked)} />;
}
