/** The list as it is filtered now, as a file. */

import { Button } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { ExportWanted, FileKind, StateCount } from '@/api/types';
import { Dialog } from '@/kit/Dialog';
import { problemText, useText } from '@/kit/text';
import { useListUrl } from '@/kit/useListUrl';

type Props = { shops: { value: string; label: string }[]; states: StateCount[] };

export function ExportOrders(props: Props) {
  const { t } = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Link to="/exports" className="tool">{t('exports.title')}</Link>
      <Button onClick={() => setOpen(true)}>{t('exports.export')}</Button>
      {isOpen && <Ask {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function Ask({ shops, states, onClose }: Props & { onClose: () => void }) {
  const { t } = useText();
  const { search } = useListUrl();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [format, setFormat] = useState<FileKind>('xlsx');
  const [isPlain, setPlain] = useState(false);
  const wanted: ExportWanted = { shop: search.shop, state: search.state, q: search.q };
  const sending = useMutation({
    mutationFn: () => calls.askExport({ ...wanted, format, plain: isPlain }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['exports'] });
      void navigate({ to: '/exports' });
    },
  });
  const ok = { text: t('exports.start'), onOk: () => sending.mutate(), isSending: sending.isPending };
  return (
    <Dialog title={t('exports.dialog')} ok={ok} onClose={onClose}>
      {sending.error && <p className="form-failure" role="alert">{problemText(t, problemOf(sending.error))}</p>}
      <p>{t('exports.dialog_about')}</p>
      <Filters wanted={wanted} shops={shops} states={states} />
      <fieldset className="choices">
        <legend>{t('exports.format')}</legend>
        <label><input type="radio" name="format" checked={format === 'xlsx'} onChange={() => setFormat('xlsx')} />{t('exports.xlsx')}</label>
        <label><input type="radio" name="format" checked={format === 'csv'} onChange={() => setFormat('csv')} />{t('exports.csv')}</label>
      </fieldset>
      <div className="choices">
        <label><input type="checkbox" name="plain" checked={isPlain} onChange={(e) => setPlain(e.target.checked)} />{t('exports.plain')}</label>
        <small className="muted">{t('exports.plain_about')}</small>
      </div>
    </Dialog>
  );
}

function Filters({ wanted, shops, states }: Props & { wanted: ExportWanted }) {
  const { t, say } = useText();
  if (wanted.q) return <p><strong>{t('exports.searched', { text: wanted.q })}</strong> <span className="muted">{t('exports.search_wins')}</span></p>;
  const state = states.find((s) => s.state === wanted.state);
  const shop = shops.find((s) => s.value === wanted.shop);
  const parts = [
    wanted.state && t('exports.in_state', { text: state ? say(state.label) : wanted.state }),
    wanted.shop && t('exports.of_shop', { text: shop?.label ?? wanted.shop }),
  ].filter(Boolean);
  return <p><strong>{parts.length === 0 ? t('exports.all_orders') : parts.join(' · ')}</strong></p>;
}
