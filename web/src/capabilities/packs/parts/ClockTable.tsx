import type { ClockRule, Label, Rulebook } from '@/api/types';
import { Calendar } from '@/kit/Calendar';
import { Cite } from '@/kit/Cite';
import { useText } from '@/kit/text';

type Row = { state: Label; owner?: Label; name: string; clock: ClockRule };

/** Every deadline of the rulebook in the order of its states. */
export function clockRows(book: Rulebook): Row[] {
  return Object.values(book.states).flatMap((state) =>
    Object.entries(state.clocks).map(([name, clock]) => ({ state: state.label, owner: state.owner ? book.actors[state.owner] : undefined, name, clock })),
  );
}

export function ClockTable({ book }: { book: Rulebook }) {
  const { t } = useText();
  const titles = [t('packs.state'), t('packs.owner'), t('packs.length'), t('packs.calendar'), t('packs.anchor'), t('packs.consequence'), t('packs.warns'), t('packs.rule')];
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('packs.clocks')}>
      <table className="data cards">
        <thead><tr>{titles.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
        <tbody>{clockRows(book).map((row) => <ClockLine key={`${row.state.en}.${row.name}`} row={row} book={book} />)}</tbody>
      </table>
    </div>
  );
}

function ClockLine({ row, book }: { row: Row; book: Rulebook }) {
  const { t, say } = useText();
  const { clock } = row;
  const fired = book.events[clock.fire];
  return (
    <tr>
      <td className="nowrap head">{say(row.state)}</td>
      <td className="nowrap" data-title={t('packs.owner')}>{say(row.owner)}</td>
      <td className="num nowrap" data-title={t('packs.length')}>
        <span className="stack">
          <strong>{clock.after}</strong>
          {clock.alt.map((alt, i) => <small key={i} className="muted" title={alt.when}>{t('packs.by_fact', { after: alt.after })} <Cite id={alt.rule} rules={book.rules} /></small>)}
        </span>
      </td>
      <td className="nowrap" data-title={t('packs.calendar')}><Calendar text={clock.calendar} after={clock.after} /></td>
      <td className="nowrap" data-title={t('packs.anchor')}>{clock.anchor ? <code>{clock.anchor}</code> : <span className="muted">{t('packs.from_entry')}</span>}</td>
      <td data-title={t('packs.consequence')}><span className="stack"><strong>{say(fired?.label) || clock.fire}</strong><small className="muted">{say(fired?.consequence)}</small></span></td>
      <td className="num nowrap" data-title={t('packs.warns')}>{clock.warn_at.map((p) => `${p}%`).join(' ')}</td>
      <td className="nowrap" data-title={t('packs.rule')}><Cite id={clock.rule} rules={book.rules} /></td>
    </tr>
  );
}
