/** Small typed cases for tests; never imported by pages. */

import type { Act, CaseView, NextStep } from '@/api/types';

const label = (en: string) => ({ zh: en, en });

export function act(change: Partial<Act> = {}): Act {
  return { event: 'approve', label: label('Approve'), consequence: label('The buyer sends the goods back'), to: 'awaiting_return', enabled: true, form: [], ...change };
}

export function next(change: Partial<NextStep> = {}): NextStep {
  return {
    clock: 'answer', due_at: '2026-01-12T02:20:00Z', event: 'silent_approve', label: label('Approved by silence'),
    consequence: label('Silence is consent'), to: 'awaiting_return', to_label: label('Waiting for the return'), rule: 'KS-EX-1', ...change,
  };
}

export function caseView(change: Partial<CaseView> = {}): CaseView {
  return {
    id: 'cas_1', kind: 'exchange', kind_label: label('Exchange'), state: 'requested', state_label: label('Requested'), version: 3,
    owner_party: 'merchant', owner_label: label('Merchant'), is_closed: false, opened_at: '2026-01-10T02:20:00Z', entered_at: '2026-01-10T02:20:00Z',
    pack: { name: 'kuaishou-goods', version: '2022-09-30' }, steps: [], next: [], rules: {},
    states: { requested: label('Requested'), rejected: label('Rejected'), awaiting_return: label('Waiting for the return') },
    acts: [], children: [], ...change,
  };
}
