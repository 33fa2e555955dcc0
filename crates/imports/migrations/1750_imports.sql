-- 1750: where imported rows went. What a row says lies in the order line or the adjustment that it became.
CREATE TABLE import_sources (
    id {PK},
    name TEXT NOT NULL UNIQUE,
    merchant_org BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    currency TEXT NOT NULL
);
-- Product mapping (ORD-7): codes of the source in upper case. A fee is charged like goods and is none.
CREATE TABLE import_skus (
    source_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    sku_id BIGINT NOT NULL,
    is_fee BIGINT NOT NULL,
    PRIMARY KEY (source_id, code)
) {CLUSTERED};
-- Customer 0 is the one anonymous party of the source.
CREATE TABLE import_buyers (
    source_id BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    buyer_id BIGINT NOT NULL,
    PRIMARY KEY (source_id, customer)
) {CLUSTERED};
-- The key makes an import repeatable: equal rows of one invoice are told apart by their occurrence.
CREATE TABLE import_rows (
    source_id BIGINT NOT NULL,
    invoice TEXT NOT NULL,
    row_hash BIGINT NOT NULL,
    occurrence BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (source_id, invoice, row_hash, occurrence)
) {CLUSTERED};
-- Rows that are no sale: cancellations, stock write-offs, bad debts, corrections. Quantity and price keep their signs.
CREATE TABLE import_adjustments (
    id {PK},
    source_id BIGINT NOT NULL,
    invoice TEXT NOT NULL,
    kind TEXT NOT NULL,
    buyer_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    possible_sales BIGINT NOT NULL,
    matched_units BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX import_adjustments_by_source ON import_adjustments (source_id, id);
-- Which units of which sales a cancellation took back.
CREATE TABLE import_matches (
    adjustment_id BIGINT NOT NULL,
    line_id BIGINT NOT NULL,
    units BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (adjustment_id, line_id)
) {CLUSTERED};
