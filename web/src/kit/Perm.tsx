import type { ReactNode } from 'react';
import { useSession } from '@/app/session';
import type { Session } from '@/api/types';

export function can(session: Session | null, permission: string): boolean {
  return session?.permissions.includes(permission) ?? false;
}

/** Shows its children to people with the permission; the server checks again whatever they do. */
export function Perm({ needs, children, otherwise = null }: { needs: string; children: ReactNode; otherwise?: ReactNode }) {
  return can(useSession(), needs) ? children : otherwise;
}
