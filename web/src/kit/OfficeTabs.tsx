/** The way between the pages about an organisation's people: who they are, what they may do, what they did. */

import { Link } from '@tanstack/react-router';
import { useSession } from '@/app/session';
import { can } from './Perm';
import { useText } from './text';

export function OfficeTabs() {
  const { t } = useText();
  const session = useSession();
  const mayManage = can(session, 'members.manage');
  if (!mayManage) return null;
  return (
    <nav className="tabs" aria-label={t('identity.members')}>
      <Link to="/members" activeOptions={{ includeSearch: false }}>{t('identity.members')}</Link>
      <Link to="/roles">{t('identity.roles')}</Link>
      {can(session, 'operations.read') && <Link to="/operations" activeOptions={{ includeSearch: false }}>{t('oplog.title')}</Link>}
    </nav>
  );
}
