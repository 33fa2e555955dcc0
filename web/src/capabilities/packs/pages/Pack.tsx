import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useLocation, useNavigate } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { Rulebook } from '@/api/types';
import { Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';
import type { Search } from '@/kit/listUrl';
import { CheckResult } from '../parts/CheckResult';
import { ClockTable } from '../parts/ClockTable';
import { Graph } from '../parts/Graph';
import { RuleTable } from '../parts/RuleTable';

const route = getRouteApi('/packs/$pack/$kind');
const VIEWS = ['clocks', 'rules', 'graph', 'check'] as const;
type View = (typeof VIEWS)[number];

export function PackPage() {
  const { pack, kind } = route.useParams();
  const { t, say, word } = useText();
  const navigate = useNavigate();
  const search = useLocation().search as Search;
  const view: View = VIEWS.find((v) => v === search.view) ?? 'clocks';
  const listed = useQuery({ queryKey: ['packs'], queryFn: calls.packs });
  const query = useQuery({ queryKey: ['rulebook', pack, kind], queryFn: () => calls.rulebook(pack, kind) });
  const found = listed.data?.items.find((p) => p.name === pack);
  return (
    <section className="list-page" aria-labelledby="pack-title">
      <header className="page-head">
        <Link to="/packs">{t('packs.title')}</Link>
        <h1 id="pack-title">{found ? say(found.label) : pack}</h1>
        <span className="muted num">{found?.version}</span>
        <span className="grow" />
        {query.data && <small className="muted num">{t('packs.hash')} {query.data.hash.slice(0, 12)}</small>}
      </header>
      <nav className="tabs" aria-label={t('packs.kinds')}>
        {(found?.kinds ?? [kind]).map((k) => (
          <Link key={k} to="/packs/$pack/$kind" params={{ pack, kind: k }} search={search as never} aria-current={k === kind ? 'page' : undefined}>{word('kind', k)}</Link>
        ))}
      </nav>
      <nav className="tabs minor" aria-label={say(found?.label) || pack}>
        {VIEWS.map((v) => (
          <button
            key={v} type="button" aria-current={v === view ? 'page' : undefined}
            onClick={() => void navigate({ to: '/packs/$pack/$kind', params: { pack, kind }, search: { view: v } as never })}
          >
            {t(`packs.${v}`)}
          </button>
        ))}
      </nav>
      {view === 'check' ? <CheckResult pack={pack} /> : <Loaded query={query}>{(data) => <Body view={view} pack={pack} book={data.rulebook} />}</Loaded>}
    </section>
  );
}

function Body({ view, pack, book }: { view: View; pack: string; book: Rulebook }) {
  if (view === 'rules') return <RuleTable book={book} />;
  if (view === 'graph') return <Graph pack={pack} book={book} />;
  return <ClockTable book={book} />;
}
