/** Who one is here, where one is logged in, and how. */

import { useSession } from '@/app/session';
import { Card, Facts } from '@/kit/Facts';
import { useText } from '@/kit/text';
import { LogIns } from '../parts/LogIns';
import { Password } from '../parts/Password';
import { SecondFactor } from '../parts/SecondFactor';
import '../identity.css';

export function Account() {
  const { t, word } = useText();
  const session = useSession();
  if (!session) return null;
  const { name, login, phone_masked, org, party } = session;
  return (
    <div className="account">
      <h1>{t('identity.account')}</h1>
      <Card title={t('identity.who')}>
        <Facts items={[[t('identity.name'), name], [t('identity.login'), login], [t('identity.phone_masked'), phone_masked], [t('identity.acts_for'), org?.name ?? word('party', party)]]} />
      </Card>
      <LogIns />
      <Password />
      <SecondFactor />
    </div>
  );
}
