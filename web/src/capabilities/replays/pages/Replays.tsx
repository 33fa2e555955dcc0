import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { Replay } from '@/api/types';
import { At } from '@/kit/At';
import { Empty, Loaded } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { Ask } from '../parts/Ask';
import { isOpen, Progress } from '../parts/Progress';

export function Replays() {
  const { t } = useText();
  const query = useQuery({
    queryKey: ['replays'],
    queryFn: calls.replays,
    refetchInterval: (q) => (q.state.data?.items.some(isOpen) ? 1_000 : false),
  });
  return (
    <section className="list-page" aria-labelledby="replays-title">
      <header className="page-head">
        <Link to="/packs">{t('packs.title')}</Link>
        <h1 id="replays-title">{t('replays.title')}</h1>
        <p className="muted">{t('replays.about')}</p>
      </header>
      <Ask />
      <Loaded query={query}>{({ items }) => (items.length === 0 ? <Empty title={t('replays.none')} /> : <Listed items={items} />)}</Loaded>
    </section>
  );
}

function Listed({ items }: { items: Replay[] }) {
  const { t } = useText();
  const titles = [t('replays.asked'), t('replays.pack'), t('replays.period'), t('replays.shop'), t('replays.state')];
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('replays.title')}>
      <table className="data">
        <thead><tr>{titles.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
        <tbody>
          {items.map((replay) => (
            <tr key={replay.id}>
              <td><Link to="/replays/$id" params={{ id: replay.id }}><At at={replay.asked_at} /></Link></td>
              <td>{replay.pack}</td>
              <td><Period replay={replay} /></td>
              <td>{shopOf(replay) ?? <span className="muted">{t('replays.all_shops')}</span>}</td>
              <td><Progress replay={replay} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The shop whose cases alone were asked for. */
export const shopOf = (replay: Replay) => (replay.shop_id ? replay.shops[replay.shop_id] ?? replay.shop_id : undefined);

/** What was asked for; a replay that has ended knows nothing of what came after it. */
export function Period({ replay }: { replay: Replay }) {
  const { t } = useText();
  const until = replay.until_at ?? replay.ended_at;
  return <span><At at={replay.since_at} /> – {until ? <At at={until} /> : t('replays.to_now')}</span>;
}
