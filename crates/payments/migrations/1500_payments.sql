-- 1500: payments and refunds with their guard columns, the double-entry ledger, and notices of providers.
CREATE TABLE payments (
    case_id {PK},
    payable_kind TEXT NOT NULL,
    payable_id BIGINT NOT NULL,
    merchant_org BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    buyer_id BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    payable_due BIGINT NOT NULL,
    provider TEXT NOT NULL,
    provider_ref TEXT,
    captured_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    refund_posted_minor BIGINT NOT NULL,
    settled_minor BIGINT NOT NULL,
    contested_minor BIGINT NOT NULL
);
CREATE INDEX payments_by_payable ON payments (payable_id);
CREATE TABLE refunds (
    case_id {PK},
    payment_id BIGINT NOT NULL,
    payable_id BIGINT NOT NULL,
    merchant_org BIGINT NOT NULL,
    buyer_id BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    is_owed BIGINT NOT NULL,
    from_merchant BIGINT NOT NULL,
    outcome TEXT
);
CREATE INDEX refunds_by_payment ON refunds (payment_id);
CREATE INDEX refunds_by_payable ON refunds (payable_id);
CREATE TABLE transfers (
    id {PK},
    transfer_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    case_id BIGINT,
    at BIGINT NOT NULL
);
CREATE INDEX transfers_by_case ON transfers (case_id) WHERE case_id IS NOT NULL;
-- Debits are positive, credits negative; the legs of a transfer add up to zero in every currency.
CREATE TABLE legs (
    id {PK},
    transfer_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    case_id BIGINT
);
CREATE INDEX legs_by_transfer ON legs (transfer_id);
CREATE INDEX legs_by_case ON legs (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX legs_by_account ON legs (account, owner_id);
CREATE TABLE gateway_notices (
    provider TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (provider, notice_id)
) {CLUSTERED};
