/** Addresses below /m, without a library. */

import { useSyncExternalStore } from 'preact/compat';

export type Route =
  | { page: 'orders' }
  | { page: 'order'; id: string }
  | { page: 'apply'; order: string; line: string }
  | { page: 'case'; id: string };

export function routeOf(path: string): Route {
  const [, , kind, id = '', verb, line = ''] = path.split('/').map(decodeURIComponent);
  if (kind === 'orders' && id && verb === 'apply' && line) return { page: 'apply', order: id, line };
  if (kind === 'orders' && id) return { page: 'order', id };
  if (kind === 'cases' && id) return { page: 'case', id };
  return { page: 'orders' };
}

export const sameRoute = (a: Route, b: Route) => JSON.stringify(a) === JSON.stringify(b);

const part = encodeURIComponent;
export const toOrder = (id: string) => `/m/orders/${part(id)}`;
export const toApply = (order: string, line: string) => `/m/orders/${part(order)}/apply/${part(line)}`;
export const toCase = (id: string) => `/m/cases/${part(id)}`;

const listeners = new Set<() => void>();
const changed = () => {
  for (const listener of listeners) listener();
};
window.addEventListener('popstate', changed);

export function go(path: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  window.scrollTo(0, 0);
  changed();
}

/** Clicks on our own links stay in the page. */
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const path = link?.getAttribute('href') ?? '';
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || !/^\/m(\/|$)/.test(path)) return;
  event.preventDefault();
  go(path);
});

export function useRoute(): Route {
  const path = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => window.location.pathname,
  );
  return routeOf(path);
}
