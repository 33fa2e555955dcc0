/** Views that people saved of a list: a click sets its filters, which live in the URL as ever. */

import { Button, Input } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { SavedView, ViewList } from '@/api/types';
import { useSession } from '@/app/session';
import { Dialog } from './Dialog';
import { isSame, withCursor, type Search } from './listUrl';
import { problemText, useText } from './text';
import type { ListUrl } from './useListUrl';

export function Views({ list, url }: { list: ViewList; url: ListUrl }) {
  const { t } = useText();
  const query = useQuery({ queryKey: ['views', list], queryFn: () => calls.views(list) });
  const [open, setOpen] = useState<SavedView | 'new' | null>(null);
  const views = query.data?.items ?? [];
  const filters = withCursor(url.search, null);
  const isFiltered = Object.keys(filters).length > 0;
  const current = views.find((view) => isSame(view.filters, filters));
  const own = views.filter((view) => view.is_own);
  if (views.length === 0 && !isFiltered) return null;
  const close = () => setOpen(null);
  return (
    <nav className="views" aria-label={t('kit.views')}>
      {views.map((view) => (
        <button
          key={view.id} type="button" aria-current={view === current ? 'page' : undefined} title={view.is_own ? undefined : t('kit.view_of', { who: view.owner })}
          onClick={() => url.show(view.filters)}
        >
          {view.name}{!view.is_own && <small className="muted"> {view.owner}</small>}
        </button>
      ))}
      {current?.is_own && <Button type="text" size="small" onClick={() => setOpen(current)}>{t('kit.view_edit')}</Button>}
      {isFiltered && !current && <Button type="text" size="small" onClick={() => setOpen('new')}>{t('kit.view_save')}</Button>}
      {open === 'new' && <SaveView list={list} filters={filters} own={own} onClose={close} />}
      {open !== null && open !== 'new' && <EditView view={open} own={own} onClose={close} onDelete={url.reset} />}
    </nav>
  );
}

/** Sends a change and shows the views as they are then, also where somebody else was faster. */
function useSend<V>(list: ViewList, send: () => Promise<V>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ['views', list] }),
  });
}

type FormProps = {
  title: string;
  error: unknown;
  isSending: boolean;
  onOk: () => void;
  onClose: () => void;
  name: string;
  onName: (name: string) => void;
  isShared: boolean;
  onShared: (isShared: boolean) => void;
  children?: ReactNode;
  /** Below everything else. */
  last?: ReactNode;
};

function ViewForm({ title, error, isSending, onOk, onClose, name, onName, isShared, onShared, children, last }: FormProps) {
  const { t } = useText();
  const session = useSession();
  return (
    <Dialog title={title} ok={{ text: t('kit.confirm'), onOk, isSending, isDisabled: name.trim() === '' }} onClose={onClose}>
      {error ? <p className="form-failure" role="alert">{problemText(t, problemOf(error))}</p> : null}
      <div className="field">
        <label htmlFor="view-name">{t('kit.view_name')}</label>
        <Input id="view-name" value={name} maxLength={40} onChange={(e) => onName(e.target.value)} />
      </div>
      {children}
      {session?.org && (
        <div className="choices">
          <label><input type="checkbox" checked={isShared} onChange={(e) => onShared(e.target.checked)} />{t('kit.view_share', { org: session.org.name })}</label>
        </div>
      )}
      {last}
    </Dialog>
  );
}

function SaveView({ list, filters, own, onClose }: { list: ViewList; filters: Search; own: SavedView[]; onClose: () => void }) {
  const { t } = useText();
  const [target, setTarget] = useState('');
  const [name, setName] = useState('');
  const [isShared, setShared] = useState(false);
  const known = own.find((view) => view.id === target);
  const choose = (id: string) => {
    const chosen = own.find((view) => view.id === id);
    setTarget(id);
    setName(chosen?.name ?? '');
    setShared(chosen?.is_shared ?? false);
  };
  const body = { name: name.trim(), filters, is_shared: isShared };
  const send = () => (known ? calls.changeView(known.id, { version: known.version, ...body }) : calls.addView({ list, ...body }));
  const sending = useSend(list, send, onClose);
  return (
    <ViewForm
      title={t('kit.view_save')} error={sending.error} isSending={sending.isPending} onOk={() => sending.mutate()} onClose={onClose}
      name={name} onName={setName} isShared={isShared} onShared={setShared}
    >
      {own.length > 0 && (
        <div className="field">
          <label htmlFor="view-target">{t('kit.view_target')}</label>
          <select id="view-target" className="plain-select" value={target} onChange={(e) => choose(e.target.value)}>
            <option value="">{t('kit.view_as_new')}</option>
            {own.map((view) => <option key={view.id} value={view.id}>{view.name}</option>)}
          </select>
        </div>
      )}
    </ViewForm>
  );
}

type EditProps = { view: SavedView; own: SavedView[]; onClose: () => void; onDelete: () => void };

function EditView({ view, own, onClose, onDelete }: EditProps) {
  const { t } = useText();
  const at = own.findIndex((v) => v.id === view.id);
  const [name, setName] = useState(view.name);
  const [isShared, setShared] = useState(view.is_shared);
  const [place, setPlace] = useState(at);
  const change = { version: view.version, name: name.trim(), is_shared: isShared, ...(place === at ? {} : { place }) };
  const sending = useSend(view.list, () => calls.changeView(view.id, change), onClose);
  const deleting = useSend(view.list, () => calls.deleteView(view.id, view.version), () => {
    onClose();
    onDelete();
  });
  return (
    <ViewForm
      title={t('kit.view_edit')} error={sending.error ?? deleting.error} isSending={sending.isPending} onOk={() => sending.mutate()} onClose={onClose}
      name={name} onName={setName} isShared={isShared} onShared={setShared}
      last={<p><Button danger loading={deleting.isPending} onClick={() => deleting.mutate()}>{t('kit.view_delete')}</Button></p>}
    >
      {own.length > 1 && (
        <div className="field">
          <label htmlFor="view-place">{t('kit.view_place')}</label>
          <select id="view-place" className="plain-select" value={place} onChange={(e) => setPlace(Number(e.target.value))}>
            {own.map((v, i) => <option key={v.id} value={i}>{i + 1}</option>)}
          </select>
        </div>
      )}
    </ViewForm>
  );
}
