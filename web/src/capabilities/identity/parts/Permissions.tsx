/** A box for each permission that the reader has; others are not offered. */

import { toggled } from '@/kit/DataTable';
import type { PermissionGroup } from '@/api/memberTypes';
import { useText } from '@/kit/text';

type Props = { groups: PermissionGroup[]; words: ReadonlySet<string>; onChange: (words: ReadonlySet<string>) => void };

export function Permissions({ groups, words, onChange }: Props) {
  const { t, say } = useText();
  return (
    <>
      <p className="muted" aria-live="polite">{t('identity.chosen', { count: words.size })}</p>
      <div className="permission-groups">
        {groups.map((group) => (
          <fieldset className="choices" key={group.group}>
            <legend>{say(group.label)}</legend>
            {group.permissions.map(({ word, label }) => (
              <label key={word}>
                <input type="checkbox" name={word} checked={words.has(word)} onChange={() => onChange(toggled(words, word))} />{say(label)}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </>
  );
}
