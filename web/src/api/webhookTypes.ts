/** Webhooks as the server shows them; all times are wall times. */

export type Webhook = {
  id: string;
  url: string;
  /** Kinds of events, or groups of them; empty for all. */
  kinds: string[];
  is_enabled: boolean;
  disabled_why: 'gone' | 'failing' | null;
  created_at: string;
  last_done_at: string | null;
  /** The newest first; the one before it signs beside it until it expires. */
  secrets: { created_at: string; expires_at: string | null }[];
  /** Both are counted up to 1,000. */
  waiting: number;
  dead: number;
  version: number;
};

export type WebhookWithSecret = { webhook: Webhook; secret: string };

export type DeliveryState = 'waiting' | 'done' | 'dead';

export type Delivery = {
  id: string;
  event: string | null;
  kind: string;
  state: DeliveryState;
  tries: number;
  next_at: string | null;
  created_at: string;
  ended_at: string | null;
};

export type DeliveryView = {
  delivery: Delivery;
  message: Record<string, unknown>;
  attempts: { at: string; status: number | null; failure: string | null; took_ms: number }[];
};
