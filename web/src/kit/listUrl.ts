/** The URL is the state of a list: filters and cursor live there, and only there. */

export type Search = Record<string, string>;

/** `?a=b` as flat texts; an order number stays a text, never a number. */
export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text).entries());
}

export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, v]) => v !== undefined && v !== null && v !== '');
  const text = new URLSearchParams(given.map(([k, v]): [string, string] => [k, String(v)])).toString();
  return text === '' ? '' : `?${text}`;
}

/** The search after a filter changed: empty filters vanish, and a cursor of the old list is worth nothing. */
export function withFilter(search: Search, change: Search): Search {
  const { after: _, ...rest } = { ...search, ...change };
  return Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== ''));
}

export function withCursor(search: Search, after: string | null): Search {
  const { after: _, ...rest } = search;
  return after === null ? rest : { ...rest, after };
}

/** Whether two lists are filtered alike, whatever page they are at. */
export function isSame(a: Search, b: Search): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/**
 * Cursors of the pages walked through, per list and filters: keyset paging knows only forwards, so the way back is remembered.
 * A reloaded page has forgotten it; then the way back leads to the first page.
 */
export class Trail {
  readonly #cursors = new Map<string, (string | null)[]>();

  /** Going forwards from the page at `from`. */
  push(list: string, from: string | null): void {
    this.#cursors.set(list, [...(this.#cursors.get(list) ?? []), from]);
  }

  /** The cursor of the page before; null is the first page. */
  pop(list: string): string | null {
    const trail = this.#cursors.get(list) ?? [];
    this.#cursors.set(list, trail.slice(0, -1));
    return trail.at(-1) ?? null;
  }
}

/** Name of a list with its filters, whatever the order of the parameters. */
export function listName(path: string, search: Search): string {
  const filters = Object.entries(withCursor(search, null)).sort(([a], [b]) => a.localeCompare(b));
  return `${path}?${JSON.stringify(filters)}`;
}
