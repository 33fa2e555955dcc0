/** The first rows of a file, and how it is read. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { FileFormat, ImportPreview } from '@/api/types';
import { Card } from '@/kit/Facts';
import { problemText, useText } from '@/kit/text';

const ENCODINGS = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'];

export function Preview({ id, preview }: { id: string; preview: ImportPreview }) {
  const { t } = useText();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (format: FileFormat) => calls.setImportFormat(id, format),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['import', id] }),
  });
  const about = t('imports.preview_about', { shown: preview.rows.length, count: preview.row_count });
  return (
    <Card title={t('imports.preview')} extra={<small className="muted">{about}</small>}>
      <FormatFields preview={preview} onChange={change.mutate} />
      {change.error && <p className="bad" role="alert">{problemText(t, problemOf(change.error))}</p>}
      <div className="preview-box" tabIndex={0} role="region" aria-label={t('imports.preview')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('imports.line')}</th>
              {preview.headers.map((header, i) => <th key={i} scope="col">{header}</th>)}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row) => (
              <tr key={row.line} className={row.broken ? 'broken' : ''}>
                <td className="num">{row.line}{row.broken && ` · ${t('imports.broken_row')}`}</td>
                {preview.headers.map((_, i) => <td key={i} title={row.cells[i]}>{row.cells[i]}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function FormatFields({ preview, onChange }: { preview: ImportPreview; onChange: (format: FileFormat) => void }) {
  const { t } = useText();
  const { format, sheets } = preview;
  if (format.kind === 'xlsx') {
    return (
      <p className="line wrap">
        <Choice label={t('imports.sheet')} value={format.sheet} options={sheets.map((s) => [s, s])} onChange={(sheet) => onChange({ kind: 'xlsx', sheet })} />
      </p>
    );
  }
  const delimiters: [string, string][] = [[',', t('imports.delimiter_comma')], [';', t('imports.delimiter_semicolon')], ['\t', t('imports.delimiter_tab')]];
  return (
    <p className="line wrap">
      <Choice label={t('imports.encoding')} value={format.encoding} options={ENCODINGS.map((e) => [e, e.toUpperCase()])} onChange={(encoding) => onChange({ ...format, encoding })} />
      <Choice label={t('imports.delimiter')} value={format.delimiter} options={delimiters} onChange={(delimiter) => onChange({ ...format, delimiter })} />
    </p>
  );
}

type ChoiceProps = { label: string; value: string; options: [string, string][]; onChange: (value: string) => void };

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label className="line">
      <span className="muted">{label}</span>
      <select className="native" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
    </label>
  );
}
