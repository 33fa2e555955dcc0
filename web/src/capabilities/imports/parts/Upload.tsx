/** Sends a file in and goes to its page. */

import { useNavigate } from '@tanstack/react-router';
import { useState, type DragEvent } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import { problemText, useText } from '@/kit/text';

type Props = { id: string; label: string; hint?: string; source?: string | null };

export function Upload({ id, label, hint, source = null }: Props) {
  const { t } = useText();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [failure, setFailure] = useState('');
  const [isOver, setOver] = useState(false);
  const take = async (file: File | undefined) => {
    if (!file) return;
    setFailure('');
    setName(file.name);
    try {
      const { id: uploaded } = await calls.uploadImport(file);
      await navigate({ to: '/imports/$id', params: { id: uploaded }, search: (source ? { source } : {}) as never });
    } catch (error) {
      setFailure(t('imports.failed', { why: problemText(t, problemOf(error)) }));
    } finally {
      setName('');
    }
  };
  const drag = (isIn: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(isIn);
  };
  const drop = (event: DragEvent) => {
    drag(false)(event);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <div className={`photos${isOver ? ' over' : ''}`} onDragOver={drag(true)} onDragLeave={drag(false)} onDrop={drop}>
      <label className="photo-add" htmlFor={id}>
        <span aria-hidden>+</span>
        {label}
        <input
          id={id} type="file" accept=".csv,.txt,.tsv,.gz,.xlsx" className="sr-only" disabled={name !== ''}
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </label>
      <span className="muted" role="status">{name ? t('imports.uploading', { name }) : hint}</span>
      {failure && <small className="bad" role="alert">{failure}</small>}
    </div>
  );
}
