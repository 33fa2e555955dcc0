-- 1400: stock as guard columns over an append-only ledger, and what cases claim of it.
CREATE TABLE stock (
    sku_id {PK},
    merchant_org BIGINT NOT NULL,
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL
);
CREATE TABLE stock_ledger (
    id {PK},
    sku_id BIGINT NOT NULL,
    merchant_org BIGINT NOT NULL,
    kind TEXT NOT NULL,
    on_hand_delta BIGINT NOT NULL,
    reserved_delta BIGINT NOT NULL,
    case_id BIGINT,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX stock_ledger_by_sku ON stock_ledger (sku_id, id);
CREATE INDEX stock_ledger_by_case ON stock_ledger (case_id) WHERE case_id IS NOT NULL;
-- One row for each SKU of a case: what it wants, holds, sends out and gives back.
CREATE TABLE stock_claims (
    case_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    merchant_org BIGINT NOT NULL,
    wanted BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    to_ship BIGINT NOT NULL,
    shipped BIGINT NOT NULL,
    to_return BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    PRIMARY KEY (case_id, sku_id)
) {CLUSTERED};
