/** @jsxImportSource preact */

import { useRef, useState } from 'preact/hooks';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { FieldKind, FormField, Line } from '@/api/types';
import { CARRIERS, KINDS, REASONS } from '@/kit/codes';
import { PHOTOS_MAX, RECIPIENT_PARTS, type Draft, type Drafts, type Fault } from '@/kit/formInput';
import { problemText, t, useText, word } from './text';

export type Context = { currency?: string; lines?: Line[] };
type Props = { form: FormField[]; drafts: Drafts; errors: Record<string, string>; context: Context; onChange: (drafts: Drafts) => void };

/** What is wrong with a field, in words. */
export function faultText(fault: Fault, name: string): string {
  if (fault === 'bad_money') return t('portal.bad_money');
  return fault === 'bad_int' ? t('portal.bad_int') : t('portal.required', { field: word('field', name) });
}

const OPTIONS: Partial<Record<FieldKind, [string, string[]]>> = { carrier: ['carrier', CARRIERS], reason: ['reason', REASONS], case_kind: ['kind', KINDS] };
const LONG_TEXTS = ['reason', 'note', 'description', 'words', 'remark'];

export function Fields({ form, drafts, errors, context, onChange }: Props) {
  const { word: say } = useText();
  return (
    <>
      {form.map((field) => (
        <div class="field" key={field.name}>
          <label for={`f-${field.name}`}>{say('field', field.name)}{field.is_required && <i aria-hidden>*</i>}</label>
          <Control field={field} value={drafts[field.name]} isInvalid={Boolean(errors[field.name])} context={context} onChange={(draft) => onChange({ ...drafts, [field.name]: draft })} />
          {errors[field.name] && <small class="bad" role="alert">{errors[field.name]}</small>}
        </div>
      ))}
    </>
  );
}

type ControlProps = { field: FormField; value: Draft | undefined; isInvalid: boolean; context: Context; onChange: (draft: Draft) => void };

function Control({ field, value, isInvalid, context, onChange }: ControlProps) {
  const { t, word } = useText();
  const text = typeof value === 'string' ? value : '';
  const common = { id: `f-${field.name}`, 'aria-invalid': isInvalid, value: text };
  const options = OPTIONS[field.kind];
  if (options) {
    return (
      <select {...common} onChange={(e) => onChange(e.currentTarget.value)}>
        <option value="">{t('portal.choose')}</option>
        {options[1].map((code) => <option key={code} value={code}>{word(options[0], code)}</option>)}
      </select>
    );
  }
  if (field.kind === 'photos' || field.kind === 'sha256s') return <Photos id={common.id} value={Array.isArray(value) ? value : []} onChange={onChange} />;
  if (field.kind === 'recipient' || field.kind === 'lines') {
    const parts = value !== undefined && typeof value !== 'string' && !Array.isArray(value) ? value : {};
    const names = field.kind === 'lines' ? (context.lines ?? []).map((l) => [l.id, l.title] as const) : RECIPIENT_PARTS.map((p) => [p, word('field', p)] as const);
    return (
      <div id={common.id}>
        {names.map(([name, label]) => <label class="part" key={name}><span>{label}</span><input value={parts[name] ?? ''} onInput={(e) => onChange({ ...parts, [name]: e.currentTarget.value })} /></label>)}
      </div>
    );
  }
  if (field.kind === 'text' && LONG_TEXTS.includes(field.name)) return <textarea {...common} rows={3} maxLength={500} onInput={(e) => onChange(e.currentTarget.value)} />;
  const mode = field.kind === 'money' ? ('decimal' as const) : field.kind === 'int' ? ('numeric' as const) : ('text' as const);
  if (field.kind === 'instant') return <input {...common} type="datetime-local" onInput={(e) => onChange(e.currentTarget.value)} />;
  return <input {...common} inputMode={mode} onInput={(e) => onChange(e.currentTarget.value)} />;
}

/** Photos go in at once; the form holds their names. */
export function Photos({ id, value, onChange }: { id: string; value: string[]; onChange: (photos: string[]) => void }) {
  const { t } = useText();
  const [waiting, setWaiting] = useState(0);
  const [failure, setFailure] = useState('');
  const latest = useRef(value);
  latest.current = value;
  const take = async (files: File[]) => {
    setFailure('');
    for (const file of files.filter((f) => f.type.startsWith('image/')).slice(0, PHOTOS_MAX - latest.current.length)) {
      setWaiting((n) => n + 1);
      try {
        const { sha256 } = await calls.upload(file);
        if (!latest.current.includes(sha256)) onChange([...latest.current, sha256]);
      } catch (error) {
        setFailure(problemText(problemOf(error)));
      } finally {
        setWaiting((n) => n - 1);
      }
    }
  };
  return (
    <div class="photos" onPaste={(e) => void take(Array.from(e.clipboardData?.files ?? []))}>
      {value.map((sha256, i) => (
        <figure key={sha256}>
          <img src={calls.pictureUrl(sha256)} alt={t('portal.photo', { n: i + 1 })} />
          <button type="button" aria-label={t('portal.remove_photo', { n: i + 1 })} onClick={() => onChange(value.filter((s) => s !== sha256))}>×</button>
        </figure>
      ))}
      {waiting > 0 && <figure class="waiting" />}
      {value.length < PHOTOS_MAX && (
        <label class="photo-add">
          <span aria-hidden>+</span><small>{t('portal.add_photo')}</small>
          <input
            id={id} type="file" accept="image/*" multiple class="sr-only"
            onChange={(e) => {
              void take(Array.from(e.currentTarget.files ?? []));
              e.currentTarget.value = '';
            }}
          />
        </label>
      )}
      <small class="muted">{t('portal.photos_max', { max: PHOTOS_MAX })}</small>
      {failure && <small class="bad" role="alert">{failure}</small>}
    </div>
  );
}
