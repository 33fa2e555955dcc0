import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { ReplayReport } from '@/api/types';
import { Cite } from '@/kit/Cite';
import { Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { Changed } from '../parts/Changed';
import { isOpen, Progress } from '../parts/Progress';
import { Totals } from '../parts/Totals';
import { Period, shopOf } from './Replays';

const route = getRouteApi('/replays/$id');

export function ReplayPage() {
  const { id } = route.useParams();
  const { t } = useText();
  const query = useQuery({
    queryKey: ['replay', id],
    queryFn: () => calls.replay(id),
    refetchInterval: (q) => (q.state.data && isOpen(q.state.data) ? 1_000 : false),
  });
  return (
    <section className="replay-page" aria-labelledby="replay-title">
      <header className="page-head">
        <Link to="/replays">{t('replays.title')}</Link>
        <h1 id="replay-title">{query.data?.pack ?? t('replays.one')}</h1>
        {query.data && <span className="muted"><Period replay={query.data} /></span>}
        {query.data && shopOf(query.data) && <span>{shopOf(query.data)}</span>}
        <span className="grow" />
        {query.data && <span role="status"><Progress replay={query.data} /></span>}
      </header>
      <Loaded query={query}>{(data) => (data.report ? <Body report={data.report} pack={data.pack} shops={data.shops} /> : null)}</Loaded>
    </section>
  );
}

function Body({ report, pack, shops }: { report: ReplayReport; pack: string; shops: Record<string, string> }) {
  const { t } = useText();
  const rules = Object.assign({}, ...Object.values(report.words).map((w) => w.rules));
  return (
    <>
      <OwnPacks packs={report.packs ?? {}} pack={pack} />
      <Totals report={report} />
      <p className="line wrap replay-rules">
        <strong>{t('replays.rules')}</strong>
        {Object.entries(report.rules).map(([id, count]) => <span key={id}><Cite id={id} rules={rules} /> <span className="num">{count}</span></span>)}
      </p>
      {report.not_reproduced > 0 && <p className="muted">{t('replays.untold', { count: report.not_reproduced })}</p>}
      {report.imported > 0 && <p className="muted">{t('replays.imported', { count: report.imported })}</p>}
      <Changed report={report} pack={pack} shops={shops} />
    </>
  );
}

/** The packs that the cases really ran under, the most used first, each with what this one says otherwise. */
export function OwnPacks({ packs, pack }: { packs: Record<string, number>; pack: string }) {
  const { t } = useText();
  const own = Object.entries(packs).sort(([, a], [, b]) => b - a);
  if (own.length === 0) return null;
  return (
    <p className="line wrap replay-rules">
      <strong>{t('replays.own_packs')}</strong>
      {own.map(([name, count]) => (
        <span key={name}>
          {name === pack ? name : <Link to="/differences/$from/$to" params={{ from: name, to: pack }} title={t('replays.differences')}>{name}</Link>}
          {' '}<span className="num">{count}</span>
        </span>
      ))}
    </p>
  );
}
