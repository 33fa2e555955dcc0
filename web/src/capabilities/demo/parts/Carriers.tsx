/** The carriers of a demo market: what happens to each parcel under way is said here. */

import { App, Button } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { DemoParcel } from '@/api/types';
import { At } from '@/kit/At';
import { Card } from '@/kit/Facts';
import { caseLink } from '@/kit/links';
import { Loaded } from '@/kit/PageState';
import { problemText, useText } from '@/kit/text';

export function Carriers() {
  const { t } = useText();
  const query = useQuery({ queryKey: ['demo', 'parcels'], queryFn: calls.demoParcels });
  return (
    <Card title={t('demo.carriers')} className="carriers">
      <p className="muted">{t('demo.carriers_about')}</p>
      <Loaded query={query} rows={3}>
        {({ items }) => (items.length === 0
          ? <p className="muted">{t('demo.no_parcels')}</p>
          : <ul className="plain-list">{items.map((parcel) => <Parcel key={`${parcel.carrier} ${parcel.waybill}`} parcel={parcel} />)}</ul>)}
      </Loaded>
    </Card>
  );
}

function Parcel({ parcel }: { parcel: DemoParcel }) {
  const { t, say, word } = useText();
  return (
    <li>
      <span className="line wrap">
        <span className="pill">{word('direction', parcel.direction)}</span>
        {say(parcel.carrier_name)} <span className="num">{parcel.waybill}</span>
      </span>
      <small className="line wrap muted">
        <Link {...caseLink(parcel.case)}>{say(parcel.case.kind_label)} <span className="num">{parcel.case.number ?? ''}</span></Link>
        {parcel.last_scan ? <span>{word('scan', parcel.last_scan)} <At at={parcel.last_scan_at} year={false} /></span> : t('demo.not_scanned')}
      </small>
      <Scans parcel={parcel} />
    </li>
  );
}

function Scans({ parcel }: { parcel: DemoParcel }) {
  const { t, word } = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [isSending, setSending] = useState(false);
  const report = async (kind: string) => {
    setSending(true);
    try {
      await calls.demoScan({ carrier: parcel.carrier, waybill: parcel.waybill, kind });
      void message.success(t('demo.scanned', { what: word('scan', kind) }));
      await queries.invalidateQueries();
    } catch (error) {
      void message.error(problemText(t, problemOf(error)));
    } finally {
      setSending(false);
    }
  };
  return (
    <span className="line wrap scans">
      {parcel.offered.map((kind) => (
        <Button
          key={kind} disabled={isSending} aria-label={t('demo.scan_waybill', { what: word('scan', kind), waybill: parcel.waybill })}
          onClick={() => void report(kind)}
        >
          {word('scan', kind)}
        </Button>
      ))}
    </span>
  );
}
