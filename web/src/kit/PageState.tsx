import { Button } from 'antd';
import type { ReactNode } from 'react';
import { problemOf } from '@/api/problem';
import { problemText, useText } from './text';

/** Grey bars in the place of what is coming. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useText();
  return (
    <div className="skeleton" role="status" aria-label={t('kit.loading')}>
      {Array.from({ length: rows }, (_, i) => <i key={i} data-w={i % 4} />)}
    </div>
  );
}

export function Empty({ title, hint }: { title?: string; hint?: string }) {
  const { t } = useText();
  return (
    <div className="page-state">
      <strong>{title ?? t('kit.empty')}</strong>
      {hint && <p>{hint}</p>}
    </div>
  );
}

/** For an address without a page. */
export function NoPage() {
  const { t } = useText();
  return <Empty title={t('kit.no_page')} hint={t('kit.no_page_hint')} />;
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useText();
  const problem = problemOf(error);
  if (problem.isForbidden) return <Empty title={t('kit.forbidden')} hint={t('kit.forbidden_hint')} />;
  if (problem.isMissing) return <Empty title={t('kit.missing')} hint={t('kit.missing_hint')} />;
  return (
    <div className="page-state" role="alert">
      <strong>{t('kit.failed')}</strong>
      <p>{problemText(t, problem)}</p>
      {onRetry && <Button onClick={onRetry}>{t('kit.retry')}</Button>}
    </div>
  );
}

type Loadable<D> = { data: D | undefined; error: unknown; refetch: () => unknown };

/** Skeleton, then the page; with an error and nothing to show, what went wrong and a way to try again. */
export function Loaded<D>({ query, children, rows }: { query: Loadable<D>; children: (data: D) => ReactNode; rows?: number }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton rows={rows} />;
}
