/** One control for each kind of field that an act may ask for. */

import { Input, Select } from 'antd';
import type { FieldKind, FormField, Line } from '@/api/types';
import { CARRIERS, KINDS, MENDABLE, REASONS } from './codes';
import { RECIPIENT_PARTS, type Draft, type Drafts } from './formInput';
import { Photos } from './Photos';
import { useText } from './text';

/** What a form knows of the case it belongs to. */
export type FormContext = { currency?: string; lines?: Line[] };

type FieldProps = {
  field: FormField;
  id: string;
  value: Draft | undefined;
  onChange: (draft: Draft) => void;
  isInvalid: boolean;
  context: FormContext;
};

const OPTIONS: Partial<Record<FieldKind, { group: string; codes: string[] }>> = {
  carrier: { group: 'carrier', codes: CARRIERS },
  reason: { group: 'reason', codes: REASONS },
  case_kind: { group: 'kind', codes: KINDS },
};

const LONG_TEXTS = ['reason', 'note', 'description', 'words', 'remark'];

export function FieldControl(props: FieldProps) {
  const { field, id, value, onChange, isInvalid, context } = props;
  const { word } = useText();
  const text = typeof value === 'string' ? value : '';
  const common = { id, 'aria-invalid': isInvalid, 'aria-describedby': `${id}-help`, status: isInvalid ? ('error' as const) : ('' as const) };
  const options = OPTIONS[field.kind];
  if (options) {
    const items = options.codes.map((code) => ({ value: code, label: word(options.group, code) }));
    return <Select {...common} value={text || undefined} options={items} onChange={onChange} showSearch={{ optionFilterProp: 'label' }} style={{ width: '100%' }} />;
  }
  switch (field.kind) {
    case 'photos':
    case 'sha256s':
      return <Photos id={id} value={Array.isArray(value) ? value : []} onChange={onChange} isInvalid={isInvalid} />;
    case 'instant':
      return <Input {...common} type="datetime-local" value={text} onChange={(e) => onChange(e.target.value)} />;
    case 'lines':
      return <LineFields id={id} lines={context.lines ?? []} value={partsOf(value)} onChange={onChange} />;
    case 'recipient':
      return <RecipientFields id={id} value={partsOf(value)} onChange={onChange} />;
    case 'money':
      return <Input {...common} inputMode="decimal" suffix={context.currency} value={text} onChange={(e) => onChange(e.target.value)} />;
    case 'int':
      return <Input {...common} inputMode="numeric" value={text} onChange={(e) => onChange(e.target.value)} />;
    default:
      return LONG_TEXTS.includes(field.name)
        ? <Input.TextArea {...common} rows={3} maxLength={500} showCount value={text} onChange={(e) => onChange(e.target.value)} />
        : <Input {...common} value={text} onChange={(e) => onChange(e.target.value)} />;
  }
}

function partsOf(value: Draft | undefined): Record<string, string> {
  return value !== undefined && typeof value !== 'string' && !Array.isArray(value) ? value : {};
}

type PartsProps = { id: string; value: Record<string, string>; onChange: (draft: Draft) => void };

function LineFields({ id, lines, value, onChange }: PartsProps & { lines: Line[] }) {
  return (
    <div className="line-fields">
      {lines.map((line, i) => {
        const left = line.quantity - line.shipped - line.stopped;
        return (
          <label key={line.id}>
            <span>{line.title} <span className="muted">{line.spec}</span></span>
            <Input
              id={i === 0 ? id : undefined} inputMode="numeric" suffix={`/ ${left}`} disabled={left <= 0} style={{ width: 96 }}
              value={value[line.id] ?? ''} onChange={(e) => onChange({ ...value, [line.id]: e.target.value })}
            />
          </label>
        );
      })}
    </div>
  );
}

function RecipientFields({ id, value, onChange }: PartsProps) {
  const { word } = useText();
  return (
    <div className="recipient-fields">
      {RECIPIENT_PARTS.map((part, i) => (
        <label key={part}>
          <span>{word('field', part)}</span>
          <Input id={i === 0 ? id : undefined} value={value[part] ?? ''} onChange={(e) => onChange({ ...value, [part]: e.target.value })} />
        </label>
      ))}
    </div>
  );
}

type ChoicesProps = { id: string; label: string; value: readonly string[]; error?: string; onChange: (chosen: string[]) => void };

/** What an applicant is to mend: as many as need it. */
function MendFields({ id, label, value, error, onChange }: ChoicesProps) {
  const { word } = useText();
  const flip = (code: string) => onChange(MENDABLE.filter((one) => (one === code) !== value.includes(one)));
  return (
    <fieldset className="choices many">
      <legend>{label}</legend>
      {MENDABLE.map((code) => (
        <label key={code}>
          <input type="checkbox" name={`${id}-${code}`} checked={value.includes(code)} onChange={() => flip(code)} />
          {word('applicant', code)}
        </label>
      ))}
      {error && <small className="bad" role="alert">{error}</small>}
    </fieldset>
  );
}

type FormProps = {
  prefix: string;
  form: FormField[];
  drafts: Drafts;
  errors: Record<string, string>;
  context: FormContext;
  onChange: (drafts: Drafts) => void;
};

export function FormFields({ prefix, form, drafts, errors, context, onChange }: FormProps) {
  const { word } = useText();
  return form.map((field) => {
    const id = `${prefix}-${field.name}`;
    const error = errors[field.name];
    const draft = drafts[field.name];
    const set = (next: Draft) => onChange({ ...drafts, [field.name]: next });
    if (field.kind === 'fields') {
      return <MendFields key={field.name} id={id} label={word('field', field.name)} value={Array.isArray(draft) ? draft : []} error={error} onChange={set} />;
    }
    return (
      <div className="field" key={field.name}>
        <label htmlFor={id}>{word('field', field.name)}{field.is_required && <span className="star" aria-hidden>*</span>}</label>
        <FieldControl
          field={field} id={id} value={draft} isInvalid={error !== undefined} context={context} onChange={set}
        />
        <small id={`${id}-help`} className="bad" role={error ? 'alert' : undefined}>{error}</small>
      </div>
    );
  });
}
