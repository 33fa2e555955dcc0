/** Where a case is shown: orders and verifications have pages of their own, all other kinds share one. */

export type CaseRef = { id: string; kind: string };

export function caseLink(ref: CaseRef) {
  const params = { id: ref.id };
  if (ref.kind === 'order') return { to: '/orders/$id', params } as const;
  if (ref.kind === 'verification') return { to: '/verifications/$id', params } as const;
  return { to: '/cases/$id', params } as const;
}
