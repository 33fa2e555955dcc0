/** Photos of a form: chosen, pasted or dropped; sent in at once, so that the form holds only their names. */

import { useRef, useState, type ClipboardEvent, type DragEvent } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import { PHOTOS_MAX } from './formInput';
import { problemText, useText } from './text';

type Props = { id: string; value: string[]; onChange: (photos: string[]) => void; isInvalid?: boolean };

/** The pictures among what was pasted or dropped. */
export function picturesOf(list: FileList | null | undefined): File[] {
  return Array.from(list ?? []).filter((file) => file.type.startsWith('image/'));
}

export function Photos({ id, value, onChange, isInvalid = false }: Props) {
  const { t } = useText();
  const [failure, setFailure] = useState('');
  const [waiting, setWaiting] = useState(0);
  const [isOver, setOver] = useState(false);
  const latest = useRef(value);
  latest.current = value;
  const take = async (files: File[]) => {
    setFailure('');
    for (const file of files.slice(0, PHOTOS_MAX - latest.current.length)) {
      setWaiting((n) => n + 1);
      try {
        const { sha256 } = await calls.upload(file);
        if (!latest.current.includes(sha256)) onChange([...latest.current, sha256]);
      } catch (error) {
        setFailure(t('kit.photos_failed', { why: problemText(t, problemOf(error)) }));
      } finally {
        setWaiting((n) => n - 1);
      }
    }
  };
  const onPaste = (event: ClipboardEvent) => void take(picturesOf(event.clipboardData.files));
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(picturesOf(event.dataTransfer.files));
  };
  const onDragOver = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <div className={`photos${isOver ? ' over' : ''}`} onPaste={onPaste} onDrop={onDrop} onDragOver={onDragOver} onDragLeave={() => setOver(false)}>
      {value.map((sha256, i) => (
        <figure key={sha256}>
          <img src={calls.pictureUrl(sha256)} alt={t('kit.photo', { n: i + 1 })} />
          <button type="button" aria-label={t('kit.photos_remove', { n: i + 1 })} onClick={() => onChange(value.filter((s) => s !== sha256))}>×</button>
        </figure>
      ))}
      {Array.from({ length: waiting }, (_, i) => <figure key={`w${i}`} className="waiting" />)}
      {value.length < PHOTOS_MAX && (
        <label className="photo-add" htmlFor={id}>
          <span aria-hidden>+</span>
          {t('kit.photos_add')}
          <input
            id={id} type="file" accept="image/*" multiple className="sr-only" aria-invalid={isInvalid}
            onChange={(event) => {
              void take(picturesOf(event.target.files));
              event.target.value = '';
            }}
          />
        </label>
      )}
      <small className="muted">{t('kit.photos_hint', { max: PHOTOS_MAX })}</small>
      {failure && <small className="bad" role="alert">{failure}</small>}
    </div>
  );
}
