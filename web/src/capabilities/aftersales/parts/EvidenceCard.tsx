import { Button } from 'antd';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { AfterSales, CaseView, Evidence, FormField } from '@/api/types';
import { At } from '@/kit/At';
import { Dialog } from '@/kit/Dialog';
import { Card } from '@/kit/Facts';
import { FormDialog } from '@/kit/FormDialog';
import { useText } from '@/kit/text';

const FORM: FormField[] = [{ name: 'photos', kind: 'photos', is_required: false }, { name: 'words', kind: 'text', is_required: false }];

export function EvidenceCard({ view, about }: { view: CaseView; about: AfterSales }) {
  const { t, word } = useText();
  const [isFiling, setFiling] = useState(false);
  const [shown, setShown] = useState<Evidence | null>(null);
  const file = (input: Record<string, unknown>) =>
    calls.fileEvidence(view.id, { photos: (input.photos as string[] | undefined) ?? [], words: input.words as string | undefined });
  const extra = !view.is_closed && <Button type="link" onClick={() => setFiling(true)}>{t('aftersales.file_evidence')}</Button>;
  return (
    <Card title={t('aftersales.evidence')} extra={extra}>
      {about.evidence.length === 0 && about.statements.length === 0 && <p className="muted">{t('aftersales.no_evidence')}</p>}
      <ul className="gallery">
        {about.evidence.map((item) => <Item key={item.id} item={item} onShow={() => setShown(item)} />)}
      </ul>
      {about.statements.length > 0 && (
        <ul className="plain-list statements" aria-label={t('aftersales.statements')}>
          {about.statements.map((said, i) => (
            <li key={i}><span className="pill" data-party={said.party}>{word('party', said.party)}</span> {said.text} <small className="muted"><At at={said.at} year={false} /></small></li>
          ))}
        </ul>
      )}
      {isFiling && <FormDialog name="evidence" title={t('aftersales.file_evidence')} form={FORM} send={file} onClose={() => setFiling(false)} />}
      {shown?.sha256 && (
        <Dialog shape="wide" title={t('aftersales.evidence')} onClose={() => setShown(null)}>
          <img className="full-picture" src={calls.pictureUrl(shown.sha256)} alt={shown.text ?? t('aftersales.evidence')} />
        </Dialog>
      )}
    </Card>
  );
}

function Item({ item, onShow }: { item: Evidence; onShow: () => void }) {
  const { t, word } = useText();
  const who = word('party', item.party);
  return (
    <li data-party={item.party}>
      {item.sha256 && (
        <button type="button" onClick={onShow} aria-label={`${t('aftersales.evidence')} · ${who}`}>
          <img src={calls.pictureUrl(item.sha256)} alt="" loading="lazy" />
        </button>
      )}
      {item.text && <p>{item.text}</p>}
      <small className="muted">{who} <At at={item.at} year={false} /></small>
    </li>
  );
}
