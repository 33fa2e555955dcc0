/** The way between the pages about an organisation's people: who they are, what they may do, what they did, and which programs act for them. */

import { Link } from '@tanstack/react-router';
import { useSession } from '@/app/session';
import { can } from './Perm';
import { useText } from './text';

export function OfficeTabs() {
  const { t } = useText();
  const session = useSession();
  const [members, keys, hooks] = [can(session, 'members.manage'), can(session, 'keys.manage'), can(session, 'webhooks.manage')];
  if (!members && !keys && !hooks) return null;
  return (
    <nav className="tabs" aria-label={t('identity.members')}>
      {members && <Link to="/members" activeOptions={{ includeSearch: false }}>{t('identity.members')}</Link>}
      {members && <Link to="/roles">{t('identity.roles')}</Link>}
      {keys && <Link to="/api-keys" activeOptions={{ includeSearch: false }}>{t('identity.keys')}</Link>}
      {hooks && <Link to="/webhooks" activeOptions={{ includeSearch: false }}>{t('webhooks.title')}</Link>}
      {can(session, 'operations.read') && <Link to="/operations" activeOptions={{ includeSearch: false }}>{t('oplog.title')}</Link>}
    </nav>
  );
}
