/** @jsxImportSource preact */

import * as calls from '@/api/calls';
import type { AfterSales, CaseView } from '@/api/types';
import { useLoad } from '../load';
import { at, Back, Card, Money, Show } from '../parts';
import { toOrder } from '../route';
import { useText } from '../text';
import { Acts } from './Acts';
import { Parcels } from './Order';
import { ClockCard } from './ClockCard';

export function CasePage({ id }: { id: string }) {
  const { t, say } = useText();
  const loaded = useLoad(`case ${id}`, () => calls.caseView(id));
  const order = loaded.data?.order_id ?? loaded.data?.after_sales?.order_id;
  return (
    <>
      <Back to={order ? toOrder(order) : '/m'} title={say(loaded.data?.kind_label) || t('portal.case')} />
      <Show of={loaded}>
        {(view) => (
          <>
            <ClockCard view={view} />
            <Acts view={view} context={{ currency: view.after_sales?.currency, lines: view.after_sales ? [view.after_sales.line] : [] }} onDone={loaded.put} />
            {view.after_sales && <About about={view.after_sales} />}
            {view.after_sales && view.after_sales.parcels.length > 0 && <Parcels shipments={view.after_sales.parcels} />}
            <History view={view} />
          </>
        )}
      </Show>
    </>
  );
}

function About({ about }: { about: AfterSales }) {
  const { t, word } = useText();
  return (
    <Card title={t('portal.goods')}>
      <p class="line"><span>{about.line.title} <span class="muted">{about.line.spec} ×{about.quantity}</span></span><span class="grow" /><strong><Money minor={about.amount_minor} currency={about.currency} /></strong></p>
      <p class="muted">{word('reason', about.reason)}{about.description ? ` · ${about.description}` : ''}</p>
      {about.return_address && <p><span class="muted">{t('portal.address')}</span> {about.return_address}</p>}
      {about.statements.map((said, i) => <p key={i} class="muted">{word('party', said.party)}{': '}{said.text}</p>)}
      {about.evidence.length > 0 && (
        <ul class="gallery" aria-label={t('portal.evidence')}>
          {about.evidence.map((item, i) => (
            <li key={item.id}>
              {item.sha256 && <a href={calls.pictureUrl(item.sha256)} target="_blank" rel="noreferrer"><img src={calls.pictureUrl(item.sha256)} alt={t('portal.photo', { n: i + 1 })} loading="lazy" /></a>}
              {item.text && <p>{item.text}</p>}
              <small class="muted">{t('portal.by', { who: word('party', item.party) })}</small>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function History({ view }: { view: CaseView }) {
  const { t, say, word } = useText();
  return (
    <Card title={t('portal.history')}>
      <ol class="timeline">
        {[...view.steps].reverse().map((step) => (
          <li key={step.seq} data-party={step.party}>
            <p><strong>{say(step.label) || word('event', step.event)}</strong> <span class="muted">{word('party', step.party)}</span></p>
            {step.note && <p class="muted">{step.note}</p>}
            <small class="muted num">{at(step.at)}{step.rule ? ` · ${t('portal.rule', { id: step.rule })}` : ''}</small>
          </li>
        ))}
      </ol>
    </Card>
  );
}
