/** Where a case is shown: orders have a page of their own, all other kinds share one. */

export type CaseRef = { id: string; kind: string };

export function caseLink(ref: CaseRef) {
  const params = { id: ref.id };
  return ref.kind === 'order' ? ({ to: '/orders/$id', params } as const) : ({ to: '/cases/$id', params } as const);
}
