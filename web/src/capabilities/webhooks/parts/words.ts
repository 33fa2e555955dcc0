/** Words and the query key of webhooks. */

import type { Delivery, Webhook } from '@/api/webhookTypes';

export const KEY = 'webhooks';

export function stateOf(webhook: Webhook) {
  if (webhook.is_enabled) return 'webhooks.is_on' as const;
  if (webhook.disabled_why === 'gone') return 'webhooks.is_gone' as const;
  return webhook.disabled_why === 'failing' ? ('webhooks.is_failing' as const) : ('webhooks.is_off' as const);
}

export function stateOfDelivery({ state }: Delivery) {
  if (state === 'waiting') return 'webhooks.waiting' as const;
  return state === 'done' ? ('webhooks.done' as const) : ('webhooks.dead' as const);
}

const FAILURES = {
  status: 'webhooks.failed_status', gone: 'webhooks.failed_gone', timeout: 'webhooks.failed_timeout', name: 'webhooks.failed_name',
  private: 'webhooks.failed_private', connect: 'webhooks.failed_connect', tls: 'webhooks.failed_tls', answer: 'webhooks.failed_answer',
} as const;

export const failureOf = (failure: string) => FAILURES[failure as keyof typeof FAILURES] ?? 'webhooks.failed_answer';
