/** The shapes of docs/API.md. Instants are RFC 3339 in UTC, money is in minor units beside its currency. */

export type * from './batchTypes';
export type * from './demoTypes';
export type * from './exportTypes';
export type * from './importTypes';
export type * from './replayTypes';
export type * from './verificationTypes';

import type { Standing, Verification } from './verificationTypes';

export type Label = { zh: string; en: string };
export type Page<T> = { items: T[]; next: string | null };
export type Party = 'buyer' | 'merchant' | 'platform' | 'courier' | 'system';

export type Shop = { id: string; name: string; currency: string };

export type Session = {
  user: string;
  login: string;
  name: string;
  /** Its middle is hidden; empty without a phone. */
  phone_masked: string;
  party: Party;
  org: { id: string; name: string } | null;
  /** How the organisation stands with the marketplace. */
  standing: Standing | null;
  shops: Shop[];
  permissions: string[];
  /** Whether it is a main account of the organisation. */
  is_owner: boolean;
  locale: string | null;
};

/** Two-step verification of one's own log-in. */
export type SecondFactor = {
  /** Null while it is off. */
  since: string | null;
  recovery_codes_left: number;
};

/** What an authenticator app needs; `uri` for a QR code. */
export type SecretShown = { secret: string; uri: string };

/** A log-in of one's own, wherever it was made. */
export type OpenSession = {
  id: string;
  created_at: string;
  expires_at: string;
  is_current: boolean;
  /** Its end is hidden. */
  address: string | null;
  browser: string | null;
  system: string | null;
};

export type Person = { login: string; password: string; name: string; party: Party; org: string | null; about: Label; is_featured: boolean };

/** How the server does. */
export type Status = {
  version: string;
  engine: 'sqlite' | 'postgresql';
  up_s: number;
  waiting: number;
  commands: { done: number; refused: number; failed: number };
  retries: Record<string, number>;
  live_open: number;
  database_bytes: number | null;
  log_bytes: number | null;
  now: string;
  overdue: number;
  lag_ms: number;
  next_due: string | null;
  awaited_years: Record<string, number>;
  jobs: { kind: string; count: number; is_more: boolean; next_at: string; attempts_max: number }[];
  events: number;
  slow: { text: string; count: number; max_ms: number; mean_ms: number }[];
};

export type ServerTime = { server_now: string; rate: number };

/** What happens by itself when a clock reaches zero. */
export type NextStep = {
  clock: string;
  due_at: string | null;
  event: string;
  label: Label;
  consequence: Label;
  to?: string | null;
  to_label?: Label | null;
  rule?: string | null;
  /** Why it has no due: `paused`, `calendar:2027`. */
  blocked?: string | null;
  /** In lists, the rule itself. */
  cited?: Rule | null;
};

export type CaseSummary = {
  id: string;
  kind: string;
  kind_label: Label;
  state: string;
  state_label: Label;
  owner_party?: Party | null;
  shop_id?: string | null;
  shop_name?: string | null;
  order_id?: string | null;
  number?: string | null;
  title?: string | null;
  amount_minor?: number | null;
  currency?: string | null;
  opened_at: string;
  entered_at: string;
  due_at?: string | null;
  closed_at?: string | null;
  next?: NextStep | null;
};

export type OrderListed = {
  id: string;
  number: string;
  shop_id: string;
  shop_name: string;
  state: string;
  state_label: Label;
  due_at?: string | null;
  total_minor: number;
  currency: string;
  placed_at: string;
  source: string;
  outside_no?: string | null;
  buyer_name: string;
  region?: string | null;
  lines: { title: string; spec: string; quantity: number }[];
  line_count: number;
  is_closed: boolean;
  is_paused: boolean;
  next?: NextStep | null;
};

/** `unit_price` is in 1/10,000 of the major unit. */
export type Line = {
  id: string;
  line_no: number;
  sku_id: string;
  title: string;
  spec: string;
  quantity: number;
  unit_price: number;
  amount_minor: number;
  shipped: number;
  stopped: number;
  refunded: number;
  refunded_minor: number;
};

export type Recipient = { name: string; phone: string; region: string; address: string };

/** Money that came in for an order. */
export type Payment = {
  case_id: string;
  amount_minor: number;
  currency: string;
  captured_minor: number;
  refunded_minor: number;
  provider: string;
  provider_ref: string | null;
  state_label: Label;
  is_closed: boolean;
};

/** Money on its way back; `outcome` says how it went, once it is known. */
export type Refund = {
  case_id: string; amount_minor: number; currency: string; outcome: string | null; state_label: Label; is_closed: boolean;
};

export type Scan = { event_id: string; kind: string; place: string; at: string };

export type Shipment = {
  id: string;
  direction: string;
  carrier: string;
  carrier_name: Label;
  waybill: string;
  announced_at: string;
  delivered_at: string | null;
  is_stalled: boolean;
  scans: Scan[];
};

/** One posting of the ledger: debit positive, credit negative. */
export type Leg = { kind: string; account: string; amount_minor: number; currency: string; at: string };

/** What a merchant's people note on an order among themselves; empty once it was taken away. */
export type Remark = { id: string; text: string; by: string | null; at: string };

export type OrderView = {
  order: OrderListed;
  remark: string;
  merchant_remark: Remark | null;
  freight_minor: number;
  lines: Line[];
  recipient: Recipient | null;
  payments: Payment[];
  refunds: Refund[];
  shipments: Shipment[];
  after_sales: CaseSummary[];
  legs: Leg[];
  case: CaseView;
};

export type StateCount = { state: string; label: Label; is_final: boolean; count: number; has_more: boolean };

export type FieldKind =
  | 'text' | 'int' | 'money' | 'instant' | 'photos' | 'sha256s' | 'carrier' | 'lines' | 'recipient' | 'reason' | 'case_kind' | 'fields';

export type FormField = { name: string; kind: FieldKind; is_required: boolean };

export type Act = {
  event: string;
  label: Label;
  consequence: Label;
  to?: string | null;
  enabled: boolean;
  why_not?: { code: string; text: string } | null;
  rule?: string | null;
  form: FormField[];
};

export type Step = {
  seq: number;
  at: string;
  recorded_at: string;
  event: string;
  taken_as?: string | null;
  label: Label;
  actor: string;
  actor_name?: string | null;
  party: Party;
  from_state?: string | null;
  to_state: string;
  rule?: string | null;
  note?: string | null;
};

export type Clock = NextStep & { anchor_at: string; length: string; calendar: string };

export type Rule = Label & { source: string; source_date?: string | null; certainty: string; pack: string };

export type Evidence = { id: string; party: Party; sha256?: string | null; text?: string | null; at: string };
/** What a party said with an act. */
export type Statement = { party: Party; event: string; text: string; at: string };
export type Contact = { channel: string; at: string; note: string };

export type AfterSales = {
  order_id: string;
  order_number: string;
  line: Line;
  quantity: number;
  amount_minor: number;
  currency: string;
  reason: string;
  description: string;
  proposal_minor?: number | null;
  goods_at: string;
  return_address?: string | null;
  evidence: Evidence[];
  statements: Statement[];
  contacts: Contact[];
  parcels: Shipment[];
};

export type CaseView = {
  id: string;
  kind: string;
  kind_label: Label;
  state: string;
  state_label: Label;
  title?: string | null;
  version: number;
  owner_party?: Party | null;
  owner_label?: Label | null;
  is_closed: boolean;
  opened_at: string;
  entered_at: string;
  due_at?: string | null;
  parent_id?: string | null;
  order_id?: string | null;
  pack: { name: string; version: string };
  steps: Step[];
  next: Clock[];
  rules: Record<string, Rule>;
  states: Record<string, Label>;
  acts: Act[];
  children: CaseSummary[];
  after_sales?: AfterSales | null;
  /** For applicants and reviewers. */
  verification?: Verification | null;
};

export type PackListed = { name: string; version: string; label: Label; base?: string | null; kinds: string[]; bounds: PackBound[] };

/** The shortest and the longest that a clock may take under any pack. */
export type PackBound = {
  kind: string;
  state: Label;
  event: Label;
  min?: string | null;
  max?: string | null;
  calendar: string;
  id: string;
  rule: Rule;
};

export type ClockRule = {
  after: string;
  calendar: string;
  anchor?: string | null;
  or_entered?: string | null;
  alt: { when: string; after: string; calendar?: string | null; rule?: string | null }[];
  scope: string;
  warn_at: number[];
  grace?: string | null;
  fire: string;
  event: string;
  rule?: string | null;
};

export type MachineState = {
  label: Label;
  owner?: string | null;
  tags: string[];
  is_final: boolean;
  waits_for?: string | null;
  clocks: Record<string, ClockRule>;
  on: Record<string, { by: string[]; to: string; when?: string | null; rule?: string | null }[]>;
};

export type Rulebook = {
  kind: string;
  pack: string;
  version: string;
  label: Label;
  start: string;
  actors: Record<string, Label & { party: Party }>;
  events: Record<string, { label: Label; consequence: Label }>;
  states: Record<string, MachineState>;
  rules: Record<string, Rule>;
};

export type Finding = {
  file: string;
  line: number;
  kind?: string | null;
  state?: string | null;
  message: string;
  suggestion?: string | null;
  path?: string[] | null;
};

export type LiveEvent = { id: string; at: string; kind: string; case_id?: string | null; shop_id?: string | null };

export type Application = {
  order: string;
  line: string;
  kind: string;
  quantity: number;
  amount_minor?: number;
  reason: string;
  description: string;
  photos: string[];
};

/** The keys of sealed fields: who opens them, and whether fields still lie under the one before. */
export type SealKeys = { newest: number; made_at: string; is_rotating: boolean; keepers: { keeper: string; keys: number }[] };
