import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import * as calls from '@/api/calls';
import type { PackListed } from '@/api/types';
import { instant } from '@/kit/format';
import { Empty, Loaded } from '@/kit/PageState';
import { Perm } from '@/kit/Perm';
import { businessNow } from '@/kit/ticker';
import { useText } from '@/kit/text';
import { Bounds, isFloor } from '../parts/Bounds';

export function Packs() {
  const { t } = useText();
  const query = useQuery({ queryKey: ['packs'], queryFn: calls.packs });
  return (
    <section className="list-page" aria-labelledby="packs-title">
      <header className="page-head">
        <h1 id="packs-title">{t('packs.title')}</h1>
        <p className="muted">{t('packs.about')}</p>
        <span className="grow" />
        <Link to="/calendars/$region/$year" params={{ region: 'cn', year: instant(businessNow()).slice(0, 4) }}>{t('calendars.title')}</Link>
        <Link to="/differences/$from/$to" params={{ from: 'xiaoer-default', to: 'taobao' }}>{t('replays.differences')}</Link>
        <Perm needs="policy.replay"><Link to="/replays">{t('replays.title')}</Link></Perm>
      </header>
      <Loaded query={query}>{({ items }) => (items.length === 0 ? <Empty /> : <Listed items={items} />)}</Loaded>
    </section>
  );
}

function Listed({ items }: { items: PackListed[] }) {
  return (
    <>
      <PackTable items={items.filter((pack) => !isFloor(pack))} />
      {items.filter(isFloor).map((pack) => <Bounds key={pack.name} pack={pack} />)}
    </>
  );
}

function PackTable({ items }: { items: PackListed[] }) {
  const { t, say, word } = useText();
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('packs.title')}>
      <table className="data">
        <thead>
          <tr>
            <th scope="col">{t('packs.name')}</th>
            <th scope="col">{t('packs.version')}</th>
            <th scope="col">{t('packs.base')}</th>
            <th scope="col">{t('packs.kinds')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((pack) => (
            <tr key={pack.name}>
              <td><span className="stack"><strong>{say(pack.label)}</strong><small className="muted">{pack.name}</small></span></td>
              <td className="num">{pack.version}</td>
              <td>{pack.base ?? <span className="muted">{t('packs.no_base')}</span>}</td>
              <td>
                <span className="line wrap">
                  {pack.kinds.map((kind) => <Link key={kind} to="/packs/$pack/$kind" params={{ pack: pack.name, kind }}>{word('kind', kind)}</Link>)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
