import type { PackBound, PackListed } from '@/api/types';
import { Calendar } from '@/kit/Calendar';
import { Cite } from '@/kit/Cite';
import { useText } from '@/kit/text';

/** A pack that sets bounds for the others has no machines: no case runs on it, so nobody is led to one. */
export const isFloor = (pack: PackListed) => pack.kinds.length === 0;

/** What every pack has to keep, whatever the platform. */
export function Bounds({ pack }: { pack: PackListed }) {
  const { t, say } = useText();
  const titles = [t('packs.kinds'), t('packs.state'), t('packs.consequence'), t('packs.at_least'), t('packs.at_most'), t('packs.calendar'), t('packs.text'), t('packs.rule')];
  return (
    <section className="bounds" aria-labelledby={`floor-${pack.name}`}>
      <h2 id={`floor-${pack.name}`}>{say(pack.label)} <small className="muted num">{pack.version}</small></h2>
      <p className="muted">{t('packs.floor_about')}</p>
      <div className="table-box" tabIndex={0} role="region" aria-label={say(pack.label)}>
        <table className="data cards">
          <thead><tr>{titles.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
          <tbody>{pack.bounds.map((bound) => <BoundLine key={`${bound.kind}.${bound.id}`} bound={bound} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function BoundLine({ bound }: { bound: PackBound }) {
  const { t, say, word } = useText();
  return (
    <tr>
      <td className="nowrap head">{word('kind', bound.kind)}</td>
      <td className="nowrap" data-title={t('packs.state')}>{say(bound.state)}</td>
      <td data-title={t('packs.consequence')}>{say(bound.event)}</td>
      <td className="num nowrap" data-title={t('packs.at_least')}>{bound.min}</td>
      <td className="num nowrap" data-title={t('packs.at_most')}>{bound.max}</td>
      <td className="nowrap" data-title={t('packs.calendar')}><Calendar text={bound.calendar} after={bound.min ?? bound.max ?? ''} /></td>
      <td className="prose" data-title={t('packs.text')}>{say(bound.rule)}</td>
      <td className="nowrap" data-title={t('packs.rule')}><Cite id={bound.id} rules={{ [bound.id]: bound.rule }} /></td>
    </tr>
  );
}
