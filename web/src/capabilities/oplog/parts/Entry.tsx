/** One operation in full, both sides of what changed beside each other. */

import { useNavigate } from '@tanstack/react-router';
import type { Change, Operation } from '@/api/oplogTypes';
import { At } from '@/kit/At';
import { Dialog } from '@/kit/Dialog';
import { Facts } from '@/kit/Facts';
import { useText } from '@/kit/text';
import { useListUrl } from '@/kit/useListUrl';
import { sides, wordText, type Marked } from './changes';

/** Who did it, by name and role; of the other side only the party is told. */
export function Who({ entry }: { entry: Operation }) {
  const { say, word } = useText();
  const { who } = entry;
  const url = useListUrl();
  const name = who.name ?? (say(who.label) || word('party', who.party));
  const role = who.name && who.label ? say(who.label) : who.name ? word('party', who.party) : '';
  const isPerson = who.id?.startsWith('usr_') ?? false;
  return (
    <span className="ellipsis">
      {isPerson ? <button type="button" className="as-link" onClick={() => url.filter({ who: who.id ?? '' })}>{name}</button> : name}
      {role && <small className="muted"> {role}</small>}
    </span>
  );
}

export function Entry({ entry, onClose }: { entry: Operation; onClose: () => void }) {
  const texts = useText();
  const { t, say, word } = texts;
  const navigate = useNavigate();
  const { who } = entry;
  const person = who.name ?? (say(who.label) || word('party', who.party));
  return (
    <Dialog title={say(entry.label)} shape="wide" onClose={onClose}>
      <Facts
        items={[
          [t('oplog.at'), <At key="a" at={entry.at} seconds />],
          [t('oplog.recorded'), entry.recorded_at.slice(0, 19) === entry.at.slice(0, 19) ? null : <At key="r" at={entry.recorded_at} seconds />],
          [t('oplog.who'), <>{person}{who.name && who.label ? <span className="muted"> {say(who.label)}</span> : null}</>],
          [t('oplog.address'), entry.address],
          ...entry.objects.map((one): [string, React.ReactNode] => [
            t('oplog.object'),
            one.path
              ? <button key={one.id} type="button" className="as-link" onClick={() => void navigate({ to: one.path as '/' })}>{say(one.label)}</button>
              : say(one.label),
          ]),
          ...entry.facts.map((fact): [string, React.ReactNode] => [say(fact.label), fact.words.map((one) => wordText(texts, one)).join(', ')]),
          [t('oplog.kind'), <code key="k">{entry.kind}</code>],
          [t('oplog.id'), <code key="i">{entry.id}</code>],
        ]}
      />
      {entry.changes.length > 0 && <Sides changes={entry.changes} />}
    </Dialog>
  );
}

function Sides({ changes }: { changes: Change[] }) {
  const { t, say } = useText();
  return (
    <div className="scroll-x">
      <table className="plain diff">
        <thead><tr><th scope="col">{t('oplog.field')}</th><th scope="col">{t('oplog.before')}</th><th scope="col">{t('oplog.after')}</th></tr></thead>
        <tbody>
          {changes.map((change) => {
            const [before, after] = sides(change);
            return (
              <tr key={change.field} className={change.is_changed ? 'is-changed' : ''}>
                <th scope="row">{say(change.label)}{change.is_changed && <span className="sr-only"> {t('oplog.is_changed')}</span>}</th>
                <td><Words words={before} mark="del" /></td>
                <td><Words words={after} mark="ins" /></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Words that the other side lacks are struck out before, underlined after. */
function Words({ words, mark: Mark }: { words: Marked[]; mark: 'del' | 'ins' }) {
  const texts = useText();
  if (words.length === 0) return <span className="faint">–</span>;
  return (
    <ul>
      {words.map(({ word, isOther }) => <li key={word.word}>{isOther ? <Mark>{wordText(texts, word)}</Mark> : wordText(texts, word)}</li>)}
    </ul>
  );
}
