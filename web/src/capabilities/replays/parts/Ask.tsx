import { Button } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import { useShopOptions } from '@/kit/shops';
import { problemText, useText } from '@/kit/text';

/** Days begin at midnight in the market's zone. */
const midnight = (day: string) => `${day}T00:00:00+08:00`;

/** A pack, a period and perhaps a shop; sending leads to the replay. */
export function Ask() {
  const { t, say } = useText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const packs = useQuery({ queryKey: ['packs'], queryFn: calls.packs });
  const choices = packs.data?.items.filter((pack) => pack.kinds.length > 0) ?? [];
  const [pack, setPack] = useState('');
  const shops = useShopOptions();
  const [shop, setShop] = useState('');
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const chosen = pack || (choices[0]?.name ?? '');
  const sending = useMutation({
    mutationFn: () => calls.askReplay({ pack: chosen, since: midnight(since), ...(until ? { until: midnight(until) } : {}), ...(shop ? { shop } : {}) }),
    onSuccess: (replay) => {
      void client.invalidateQueries({ queryKey: ['replays'] });
      void navigate({ to: '/replays/$id', params: { id: replay.id } });
    },
  });
  return (
    <form className="card replay-ask" onSubmit={(event) => { event.preventDefault(); sending.mutate(); }}>
      <label>{t('replays.pack')} <select value={chosen} onChange={(e) => setPack(e.target.value)}>
        {choices.map((c) => <option key={c.name} value={c.name}>{say(c.label)}</option>)}
      </select></label>
      <label>{t('replays.since')} <input type="date" required value={since} onChange={(e) => setSince(e.target.value)} /></label>
      <label>{t('replays.until')} <input type="date" value={until} onChange={(e) => setUntil(e.target.value)} /></label>
      <label>{t('replays.shop')} <select value={shop} onChange={(e) => setShop(e.target.value)}>
        <option value="">{t('replays.all_shops')}</option>
        {shops.map((s) => <option key={s.value} value={s.value}>{s.label}</option>)}
      </select></label>
      <Button type="primary" htmlType="submit" loading={sending.isPending} disabled={!chosen || !since}>{t('replays.start')}</Button>
      {sending.error && <span className="form-failure" role="alert">{problemText(t, problemOf(sending.error))}</span>}
    </form>
  );
}
