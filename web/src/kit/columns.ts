/** Which columns of a list a person has put away, kept in this browser. */

import { useMemo, useState } from 'react';
import { keep, kept } from './kept';
import type { Column } from './DataTable';

export function useChosenColumns<R>(list: string, columns: Column<R>[]): [Column<R>[], (hidden: string[]) => void] {
  const name = `columns.${list}`;
  const [hidden, setHidden] = useState<string[]>(() => (kept(name) ?? '').split(',').filter(Boolean));
  const chosen = useMemo(() => columns.filter((c) => !hidden.includes(c.key)), [columns, hidden]);
  const hide = (keys: string[]) => {
    keep(name, keys.join(','));
    setHidden(keys);
  };
  return [chosen, hide];
}
