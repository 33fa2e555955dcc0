-- 1800: after-sales cases, what the parties said, showed and did, and pictures that people sent in.
CREATE TABLE aftersales (
    case_id {PK},
    order_id BIGINT NOT NULL,
    line_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    merchant_org BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    buyer_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    origin TEXT NOT NULL,
    source_case BIGINT,
    reason TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    goods_at TEXT NOT NULL,
    waybill_at BIGINT,
    proposal_minor BIGINT,
    return_address TEXT,
    assigned_to BIGINT,
    next_case TEXT
);
CREATE INDEX aftersales_by_line ON aftersales (line_id, case_id);
CREATE INDEX aftersales_by_order ON aftersales (order_id, case_id);
CREATE INDEX aftersales_by_adjudicator ON aftersales (assigned_to) WHERE assigned_to IS NOT NULL;
-- A piece of evidence is a picture or a text, filed by one party.
CREATE TABLE evidence (
    id {PK},
    case_id BIGINT NOT NULL,
    party TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    sha256 TEXT,
    words TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX evidence_by_case ON evidence (case_id, id);
-- Words that go with an act: why it was rejected, what a proposal means. They are no evidence.
CREATE TABLE statements (
    id {PK},
    case_id BIGINT NOT NULL,
    party TEXT NOT NULL,
    event TEXT NOT NULL,
    words TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX statements_by_case ON statements (case_id, id);
CREATE TABLE contacts (
    id {PK},
    case_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX contacts_by_case ON contacts (case_id, at);
CREATE TABLE return_addresses (
    shop_id {PK},
    merchant_org BIGINT NOT NULL,
    address TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Who sent in which picture: one may only show what one has sent in.
CREATE TABLE uploads (
    sha256 TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (sha256, user_id)
) {CLUSTERED};
