/** Permissions, each as a small label. */

import type { Permission } from '@/api/memberTypes';
import { useText } from '@/kit/text';

export function Words({ permissions }: { permissions: Permission[] }) {
  const { t, say } = useText();
  if (permissions.length === 0) return <span className="faint">{t('identity.no_permissions')}</span>;
  return <span className="words">{permissions.map((one) => <span className="pill" key={one.word}>{say(one.label)}</span>)}</span>;
}
