import type { ReactNode } from 'react';
import type { CaseView } from '@/api/types';
import { Clocks } from './Clocks';
import { StateStrip } from './StateStrip';
import { useText } from './text';

/** Top of every case page: what it is, where it stands, who is waited for, the clock and its consequence. */
export function CaseHead({ view, title, extra }: { view: CaseView; title: ReactNode; extra?: ReactNode }) {
  const { t, say, word } = useText();
  const owner = say(view.owner_label) || word('party', view.owner_party);
  return (
    <section className="card case-head">
      <div className="case-title">
        <h1>{title}</h1>
        {!view.is_closed && owner && <span className="owner" data-party={view.owner_party}>{t('kit.waits_for', { who: owner })}</span>}
        {view.is_closed && <span className="pill ended">{t('aftersales.ended')}</span>}
        <span className="grow" />
        {extra}
        <small className="muted">{t('aftersales.pack_version', { name: view.pack.name, version: view.pack.version })}</small>
      </div>
      <StateStrip view={view} />
      {view.next.length > 0 && <Clocks view={view} />}
    </section>
  );
}
