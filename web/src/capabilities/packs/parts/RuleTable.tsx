import type { Rulebook } from '@/api/types';
import { useText, type T } from '@/kit/text';

/** What the mark of a rule's certainty means (A text of the rule … E own choice). */
function certaintyText(t: T, mark: string): string {
  switch (mark) {
    case 'A': return t('packs.certainty_A');
    case 'B': return t('packs.certainty_B');
    case 'C': return t('packs.certainty_C');
    case 'D': return t('packs.certainty_D');
    default: return t('packs.certainty_E');
  }
}

export function RuleTable({ book }: { book: Rulebook }) {
  const { t, say } = useText();
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t('packs.rules')}>
      <table className="data cards">
        <thead>
          <tr>
            <th scope="col">{t('packs.rule_id')}</th>
            <th scope="col">{t('packs.text')}</th>
            <th scope="col">{t('packs.source')}</th>
            <th scope="col">{t('packs.certainty')}</th>
            <th scope="col">{t('packs.from_pack')}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(book.rules).map(([id, rule]) => (
            <tr key={id}>
              <td className="num nowrap head">{id}</td>
              <td className="prose">{say(rule)}</td>
              <td data-title={t('packs.source')}>{rule.source}{rule.source_date && <small className="muted num"> {rule.source_date}</small>}</td>
              <td className="nowrap" data-title={t('packs.certainty')}><span className="mark" data-mark={rule.certainty}>{rule.certainty}</span> {certaintyText(t, rule.certainty)}</td>
              <td className="nowrap" data-title={t('packs.from_pack')}>{rule.pack}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
