import { Button } from 'antd';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { Rulebook } from '@/api/types';
import { useText } from '@/kit/text';

export function Graph({ pack, book }: { pack: string; book: Rulebook }) {
  const { t, say, lang } = useText();
  const [isFull, setFull] = useState(false);
  const url = calls.graphUrl(pack, book.kind, lang === 'en' ? 'en' : 'zh');
  return (
    <>
      <div className="list-bar">
        <Button onClick={() => setFull(!isFull)}>{isFull ? t('packs.graph_fit') : t('packs.graph_full')}</Button>
        <Button type="link" href={url} target="_blank">{t('packs.graph_open')}</Button>
      </div>
      <div className={`table-box graph${isFull ? ' full' : ''}`} tabIndex={0} role="region" aria-label={t('packs.graph')}>
        <img src={url} alt={t('packs.graph_alt', { kind: say(book.label) })} />
      </div>
    </>
  );
}
