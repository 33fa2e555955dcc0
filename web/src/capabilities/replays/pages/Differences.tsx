import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { PackDifference, PackDifferences } from '@/api/types';
import { Cite } from '@/kit/Cite';
import { Empty, Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';

const route = getRouteApi('/differences/$from/$to');

/** What is different between two packs, in sentences. */
export function Differences() {
  const { from, to } = route.useParams();
  const { t, say } = useText();
  const navigate = useNavigate();
  const packs = useQuery({ queryKey: ['packs'], queryFn: calls.packs });
  const query = useQuery({ queryKey: ['differences', from, to], queryFn: () => calls.differences(from, to) });
  const choices = packs.data?.items.filter((pack) => pack.kinds.length > 0) ?? [];
  const choose = (label: string, value: string, go: (pack: string) => { from: string; to: string }) => (
    <label>{label} <select value={value} onChange={(e) => void navigate({ to: '/differences/$from/$to', params: go(e.target.value) })}>
      {choices.map((c) => <option key={c.name} value={c.name}>{say(c.label)}</option>)}
    </select></label>
  );
  return (
    <section className="list-page" aria-labelledby="differences-title">
      <header className="page-head">
        <Link to="/packs">{t('packs.title')}</Link>
        <h1 id="differences-title">{t('replays.differences')}</h1>
        {choose(t('replays.from_pack'), from, (pack) => ({ from: pack, to }))}
        {choose(t('replays.to_pack'), to, (pack) => ({ from, to: pack }))}
      </header>
      <Loaded query={query}>{(found) => (found.differences.length === 0 ? <Empty title={t('replays.equal')} /> : <Listed found={found} />)}</Loaded>
    </section>
  );
}

function Listed({ found }: { found: PackDifferences }) {
  const { t, say } = useText();
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('replays.differences')}>
      <table className="data">
        <thead><tr>{[t('replays.place'), t('replays.difference'), t('packs.rule')].map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
        <tbody>
          {found.differences.map((one, i) => (
            <tr key={i}>
              <td className="nowrap">{say(one.place)}</td>
              <td className="replay-text">{say(one.text)}</td>
              <td><Rules one={one} found={found} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Rules({ one, found }: { one: PackDifference; found: PackDifferences }) {
  return <span className="line">{one.rules.map((id) => <Cite key={id} id={id} rules={found.rules} />)}</span>;
}
