import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { caseLink, type CaseRef } from './links';

type Props = CaseRef & { className: string; children: ReactNode };

/** A link to a case in a row of a list. It is a plain one, for the router's own follows every change of address: too dear for a link per row. */
export function RowLink({ id, kind, className, children }: Props) {
  const router = useRouter();
  const target = caseLink({ id, kind });
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate(target);
  };
  return <a href={target.to.replace('$id', id)} className={className} onClick={open} onPointerEnter={() => void router.preloadRoute(target)}>{children}</a>;
}
