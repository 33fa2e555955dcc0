import { useLocation, useNavigate } from '@tanstack/react-router';
import { listName, Trail, withCursor, withFilter, type Search } from './listUrl';

export type ListUrl = {
  search: Search;
  filter: (change: Search) => void;
  reset: () => void;
  /** These filters and no others. */
  show: (filters: Search) => void;
  forward: (after: string) => void;
  back: () => void;
};

const trail = new Trail();

/** Filters and cursor of the list at this address, and the moves that change them. */
export function useListUrl(): ListUrl {
  const location = useLocation();
  const navigate = useNavigate();
  const search = location.search as Search;
  const name = listName(location.pathname, search);
  const go = (next: Search) => void navigate({ to: location.pathname, search: next as never });
  return {
    search,
    filter: (change) => go(withFilter(search, change)),
    reset: () => go({}),
    show: (filters) => go(filters),
    forward: (after) => {
      trail.push(name, search.after ?? null);
      go(withCursor(search, after));
    },
    back: () => go(withCursor(search, trail.pop(name))),
  };
}
