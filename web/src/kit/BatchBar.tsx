/** What may be done to the selected rows of a list at once: the server says which acts fit, what they bring about and how many cases take them. */

import { Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { BatchAct, BatchPreview, BatchWanted } from '@/api/types';
import { problemOf } from '@/api/problem';
import type { FormField, ViewList } from '@/api/types';
import { Dialog } from './Dialog';
import { FormFields } from './FormFields';
import type { Search } from './listUrl';
import { problemText, useText } from './text';
import { useForm } from './useForm';

const NOTE: FormField = { name: 'note', kind: 'text', is_required: false };

type Props = {
  list: ViewList;
  /** Filters of the list, with its cursor. */
  search: Search;
  /** The selected rows. */
  ids: string[];
  /** Whether the selected rows are the whole page. */
  isPage: boolean;
  /** Whether the list has more pages. */
  hasMore: boolean;
  onPage: () => void;
};

/** The list's filters, as the server takes them. */
export function wantedOf(list: ViewList, search: Search): BatchWanted {
  const { after: _, ...filters } = search;
  return { list, ...filters };
}

export function BatchBar({ list, search, ids, isPage, hasMore, onPage }: Props) {
  const { t } = useText();
  const [isAll, setAll] = useState(false);
  const wanted = wantedOf(list, search);
  const all = useQuery({
    queryKey: ['batch-preview', wanted],
    queryFn: () => calls.previewBatch({ all: wanted }),
    enabled: isAll || (isPage && hasMore),
  });
  const named = useQuery({ queryKey: ['batch-preview', ids], queryFn: () => calls.previewBatch({ cases: ids }), enabled: !isAll });
  const shown = isAll ? all : named;
  const isTooMany = isAll && all.data !== undefined && all.data.count > all.data.max;
  return (
    <>
      <strong>{isAll && all.data && !isTooMany ? t('batches.all_selected', { count: all.data.count }) : t('kit.selected', { count: ids.length })}</strong>
      {!isAll && !isPage && <Button size="small" onClick={onPage}>{t('batches.select_page')}</Button>}
      {!isAll && isPage && hasMore && (
        <Button size="small" loading={all.isPending} onClick={() => setAll(true)}>
          {all.data && all.data.count <= all.data.max ? t('batches.select_all', { count: all.data.count }) : t('batches.select_all_bar')}
        </Button>
      )}
      {shown.error && <span className="bad" role="alert">{problemText(t, problemOf(shown.error))}</span>}
      {isTooMany && <span className="bad" role="alert">{t('batches.too_many', { max: all.data.max })}</span>}
      {!shown.error && !isTooMany && <Acts preview={shown.data} all={isAll ? wanted : null} />}
    </>
  );
}

function Acts({ preview, all }: { preview: BatchPreview | undefined; all: BatchWanted | null }) {
  const { t, say } = useText();
  const [chosen, setChosen] = useState<BatchAct | null>(null);
  if (!preview) return <span className="muted">{t('batches.looking')}</span>;
  if (preview.kinds.length > 1) return <span className="muted">{t('batches.one_kind')}</span>;
  if (preview.acts.length === 0) return <span className="muted">{t('batches.no_acts')}</span>;
  return (
    <span className="batch-acts" role="group" aria-label={t('batches.bar')}>
      {preview.acts.map((act) => (
        <Button key={act.event} size="small" disabled={act.possible === 0} title={say(act.consequence)} onClick={() => setChosen(act)}>{say(act.label)}</Button>
      ))}
      {preview.acts.filter((act) => act.possible === 0).map((act) => (
        <small key={act.event} className="muted">{t('batches.why_not', { act: say(act.label), why: act.why_not?.text ?? '' })}</small>
      ))}
      {chosen && <Ask act={chosen} preview={preview} all={all} onClose={() => setChosen(null)} />}
    </span>
  );
}

type AskProps = { act: BatchAct; preview: BatchPreview; all: BatchWanted | null; onClose: () => void };

function Ask({ act, preview, all, onClose }: AskProps) {
  const { t, say } = useText();
  const navigate = useNavigate();
  const hasOwnNote = act.form.some((field) => field.name === 'note');
  const form = hasOwnNote ? act.form : [...act.form, NOTE];
  const send = async (given: Record<string, unknown>) => {
    const { note, ...rest } = given;
    const input = hasOwnNote ? given : rest;
    const batch = await calls.askBatch({
      kind: preview.kinds[0] ?? '',
      event: act.event,
      ...(act.form.length > 0 ? { input } : {}),
      ...(!hasOwnNote && typeof note === 'string' ? { note } : {}),
      ...(all ? { all, count: preview.count, seen_at: preview.seen_at } : { cases: preview.cases }),
    });
    void navigate({ to: '/batches/$id', params: { id: batch.id } });
  };
  const { drafts, setDrafts, errors, failure, isSending, submit } = useForm({ form, send });
  const { count } = preview;
  const isPart = typeof act.possible === 'number' && act.possible < count;
  const said = { count, act: say(act.label) };
  return (
    <Dialog title={say(act.label)} ok={{ text: t('batches.start', { count }), onOk: () => void submit(), isSending, isDisabled: count === 0 }} onClose={onClose}>
      <p className="consequence">{say(act.consequence)}</p>
      <p><strong>{all ? t('batches.count_all', said) : t('batches.count', said)}</strong></p>
      {isPart && <p className="why-not">{t('batches.some', { possible: act.possible ?? 0, why: act.why_not?.text ?? '' })}</p>}
      <p className="muted">{t('batches.rows_apart')}</p>
      {failure && <p className="form-failure" role="alert">{failure}</p>}
      <FormFields prefix={`batch-${act.event}`} form={form} drafts={drafts} errors={errors} context={{}} onChange={setDrafts} />
    </Dialog>
  );
}
