/** Two-step verification of one's own account: on, off, and the codes for a lost phone. */

import { App, Button } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as calls from '@/api/calls';
import type { SecondFactor as State } from '@/api/types';
import { At } from '@/kit/At';
import { Card } from '@/kit/Facts';
import { Failed, Skeleton } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { Enrol } from './Enrol';
import { Prove } from './Prove';

const KEY = ['second-factor'];
/** With so few codes left it is time for new ones. */
const FEW = 3;

type Open = 'enrol' | 'renew' | 'remove' | null;

export function SecondFactor() {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const state = useQuery({ queryKey: KEY, queryFn: calls.secondFactor });
  const close = () => {
    setOpen(null);
    void client.invalidateQueries({ queryKey: KEY });
    void client.invalidateQueries({ queryKey: ['sessions'] });
  };
  const remove = async (proof: calls.BothFactors) => {
    await calls.removeSecondFactor(proof);
    void message.success(t('identity.second_factor_removed'));
    return [];
  };
  return (
    <Card title={t('identity.second_factor')} extra={state.data && <span className={`pill${state.data.since ? '' : ' ended'}`}>{t(state.data.since ? 'identity.is_on' : 'identity.is_off')}</span>}>
      <p className="muted">{t('identity.second_factor_hint')}</p>
      {state.isPending && <Skeleton />}
      {state.error && <Failed error={state.error} onRetry={() => void state.refetch()} />}
      {state.data && !state.data.since && <Button onClick={() => setOpen('enrol')}>{t('identity.turn_on')}</Button>}
      {state.data?.since && <IsOn state={state.data} onOpen={setOpen} />}
      {open === 'enrol' && <Enrol onClose={close} />}
      {open === 'renew' && <Prove title={t('identity.renew_codes')} hint={t('identity.renew_codes_hint')} send={async (proof) => (await calls.renewRecoveryCodes(proof)).recovery_codes} onClose={close} />}
      {open === 'remove' && <Prove title={t('identity.turn_off')} hint={t('identity.turn_off_hint')} send={remove} onClose={close} />}
    </Card>
  );
}

function IsOn({ state, onOpen }: { state: State; onOpen: (open: Open) => void }) {
  const { t } = useText();
  const left = state.recovery_codes_left;
  return (
    <>
      <p>
        {t('identity.on_since')} <At at={state.since} /> · <span className={left < FEW ? 'soon' : ''}>{t('identity.codes_left', { count: left })}</span>
      </p>
      <p className="line">
        <Button onClick={() => onOpen('renew')}>{t('identity.renew_codes')}</Button>
        <Button danger onClick={() => onOpen('remove')}>{t('identity.turn_off')}</Button>
      </p>
    </>
  );
}
