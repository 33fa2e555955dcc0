/** What the columns mean: kept with a source, and the step to the dry run. */

import { Button, Input } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { ImportPreview, ImportSource, ImportView, SourceSettings } from '@/api/types';
import { Card } from '@/kit/Facts';
import { useShopOptions } from '@/kit/shops';
import { problemText, useText } from '@/kit/text';
import { choiceOf, CONSTANT, draftOf, exampleOf, firstSource, givenOf, isNeeded, lacking, newDraft, NONE, TARGETS, withGiven, type Draft } from './mapping';

type Props = { row: ImportView; preview: ImportPreview; sources: ImportSource[]; asked: string | null | undefined; onStart: () => void };
type Change = (draft: Draft) => void;

export function Columns({ row, preview, sources, asked, onStart }: Props) {
  const { t, word } = useText();
  const shops = useShopOptions();
  const [chosen, setDraft] = useState<Draft | null>(null);
  const queries = useQueryClient();
  const first = firstSource(sources, preview.headers, asked ?? row.source);
  const shop = shops[0]?.value ?? '';
  const draft = chosen ?? (first ? draftOf(first) : newDraft(preview, shop));
  const send = useMutation({
    mutationFn: async () => {
      const { source, name, settings } = draft;
      const saved = await calls.putImportSource(source, { name, settings, shop: draft.shop || shop });
      setDraft(draftOf(saved));
      await queries.invalidateQueries({ queryKey: ['import-sources'] });
      return calls.startImport(row.id, { source: saved.id, dry_run: true });
    },
    onSuccess: (view) => {
      queries.setQueryData(['import', row.id, 'view'], view);
      onStart();
    },
  });
  const pick = (id: string) => {
    const source = sources.find((s) => s.id === id);
    setDraft(source ? draftOf(source) : newDraft(preview, shop));
  };
  const problem = send.error ? problemOf(send.error) : null;
  const lack = lacking(draft.settings).map((group) => group.map((target) => word('import_target', target)).join(' / '));
  const isReady = draft.name.trim() !== '' && lack.length === 0;
  return (
    <Card title={t('imports.columns')}>
      <p className="muted">{t('imports.columns_about')}</p>
      <SourceFields draft={draft} sources={sources} shops={shops} onPick={pick} onChange={setDraft} />
      <Mapping preview={preview} draft={draft} onChange={setDraft} />
      {problem && <p className="form-failure" role="alert">{problemText(t, problem)}{fieldOf(problem.field, t)}</p>}
      {lack.length > 0 && <p className="bad" role="status">{t('imports.lacking', { what: lack.join(t('imports.and')) })}</p>}
      <p className="next">
        <Button type="primary" loading={send.isPending} disabled={!isReady} onClick={() => send.mutate()}>{t('imports.check')}</Button>
        <span className="muted">{t('imports.check_about')}</span>
      </p>
    </Card>
  );
}

/** The item that a problem is about, by its own word. */
function fieldOf(field: string | null | undefined, t: ReturnType<typeof useText>['t']): string {
  const target = /^settings\/columns\/(\w+)/.exec(field ?? '')?.[1];
  return target ? ` (${String((t as unknown as (key: string) => string)(`words.import_target_${target}`))})` : '';
}

type SourceProps = { draft: Draft; sources: ImportSource[]; shops: { value: string; label: string }[]; onPick: (id: string) => void; onChange: Change };

function SourceFields({ draft, sources, shops, onPick, onChange }: SourceProps) {
  const { t } = useText();
  const set = (change: Partial<SourceSettings>) => onChange({ ...draft, settings: { ...draft.settings, ...change } });
  const { zone, date_order: order, decimal_comma: comma } = draft.settings;
  const zones = [...new Set([zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  return (
    <div className="settings">
      <label>
        {t('imports.source')}
        <select className="native" name="source" value={draft.source ?? NONE} onChange={(event) => onPick(event.target.value)}>
          <option value={NONE}>{t('imports.new_source')}</option>
          {sources.map((source) => <option key={source.id} value={source.id}>{source.name}</option>)}
        </select>
      </label>
      <label>
        {t('imports.source_name')}
        <Input name="source-name" value={draft.name} placeholder={t('imports.source_name_hint')} maxLength={100} onChange={(event) => onChange({ ...draft, name: event.target.value })} />
      </label>
      <label title={draft.source ? t('imports.shop_fixed') : undefined}>
        {t('imports.shop')}
        <select className="native" name="shop" value={draft.shop || shops[0]?.value} disabled={draft.source !== null} onChange={(event) => onChange({ ...draft, shop: event.target.value })}>
          {shops.map((shop) => <option key={shop.value} value={shop.value}>{shop.label}</option>)}
        </select>
      </label>
      <label>
        {t('imports.zone')}
        <select className="native" name="zone" value={zone} onChange={(event) => set({ zone: event.target.value })}>
          {zones.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
      </label>
      <label>
        {t('imports.date_order')}
        <select className="native" name="date-order" value={order} onChange={(event) => set({ date_order: event.target.value as SourceSettings['date_order'] })}>
          <option value="ymd">{t('imports.date_ymd')}</option>
          <option value="dmy">{t('imports.date_dmy')}</option>
          <option value="mdy">{t('imports.date_mdy')}</option>
        </select>
      </label>
      <label className="check">
        <input type="checkbox" name="decimal-comma" checked={comma} onChange={(event) => set({ decimal_comma: event.target.checked })} />
        {t('imports.decimal_comma')}
      </label>
    </div>
  );
}

function Mapping({ preview, draft, onChange }: { preview: ImportPreview; draft: Draft; onChange: Change }) {
  const { t, word } = useText();
  const { columns } = draft.settings;
  return (
    <table className="mapping">
      <thead>
        <tr><th scope="col">{t('imports.target')}</th><th scope="col">{t('imports.column')}</th><th scope="col">{t('imports.example')}</th></tr>
      </thead>
      <tbody>
        {TARGETS.map((target) => {
          const given = columns[target];
          const label = word('import_target', target);
          return (
            <tr key={target}>
              <th scope="row">{label}{isNeeded(target) && <span className="star" aria-hidden>*</span>}</th>
              <td>
                <span className="pair">
                  <select
                    className="native" name={`column-${target}`} aria-label={t('imports.column_of', { target: label })} aria-required={isNeeded(target)}
                    value={choiceOf(given)} onChange={(event) => onChange(withGiven(draft, target, givenOf(event.target.value)))}
                  >
                    <option value={NONE}>{t('imports.none')}</option>
                    <option value={CONSTANT}>{t('imports.constant')}</option>
                    {headersWith(preview.headers, given).map((header) => <option key={header} value={`:${header}`}>{header}</option>)}
                  </select>
                  {given && 'constant' in given && (
                    <Input
                      aria-label={t('imports.constant_of', { target: label })} value={given.constant} maxLength={200}
                      onChange={(event) => onChange(withGiven(draft, target, { constant: event.target.value }))}
                    />
                  )}
                </span>
              </td>
              <td className="muted">{exampleOf(preview, given)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Headers to choose from; one that a source names and the file lacks is shown, for it is what is wrong. */
function headersWith(headers: string[], given: Draft['settings']['columns'][string] | undefined): string[] {
  const own = given && 'column' in given ? [given.column] : [];
  return [...new Set([...headers.filter((header) => header !== ''), ...own])];
}
