/** What the applicant says, beside what was approved before; where they are not the same it says so. */

import type { Verification } from '@/api/types';
import { Card } from '@/kit/Facts';
import { useText } from '@/kit/text';
import { differing, FIELDS, fieldsOf, labelOf } from './fields';

export function Claimed({ about }: { about: Verification }) {
  const texts = useText();
  const { t, word } = texts;
  const form = about.submitted ?? about.approved ?? about.draft;
  const before = about.submitted && about.approved;
  const changed: readonly string[] = before ? differing(form, before) : [];
  const shown = (field: 'subject' | (typeof FIELDS)[number], of: typeof form) => (field === 'subject' ? word('subject', of.subject) : of[field]);
  const title = about.submitted ? t('verification.handed_in') : about.approved ? t('verification.as_approved') : t('verification.draft');
  return (
    <Card title={title} className="claimed">
      <table className="plain">
        <thead className={before ? '' : 'sr-only'}>
          <tr><th scope="col">{t('verification.field')}</th><th scope="col">{title}</th>{before && <th scope="col">{t('verification.as_approved')}</th>}</tr>
        </thead>
        <tbody>
          {(['subject', ...fieldsOf(form.subject, FIELDS)] as const).map((field) => (
            <tr key={field} className={changed.includes(field) ? 'changed' : ''}>
              <th scope="row">{field === 'subject' ? t('verification.subject') : labelOf(texts, form.subject, field)}</th>
              <td>
                {shown(field, form) || <span className="faint">–</span>}
                {changed.includes(field) && <> <span className="pill">{t('verification.changed')}</span></>}
              </td>
              {before && <td className="muted">{shown(field, before) || '–'}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
