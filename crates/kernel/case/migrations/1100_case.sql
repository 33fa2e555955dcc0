-- 1100: cases, their clocks, pauses and histories, and the rulebooks they keep for life.
CREATE TABLE rulebooks (
    id {PK},
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    pack TEXT NOT NULL,
    version TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE cases (
    id {PK},
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    rulebook BIGINT NOT NULL,
    parent_id BIGINT,
    merchant_org BIGINT,
    shop_id BIGINT,
    buyer_id BIGINT,
    owner_party TEXT,
    owner_org BIGINT,
    opened_at BIGINT NOT NULL,
    entered_at BIGINT NOT NULL,
    due_at BIGINT,
    closed_at BIGINT
);
CREATE INDEX cases_by_shop ON cases (shop_id, kind, state, id);
CREATE INDEX cases_by_owner ON cases (owner_org, due_at) WHERE closed_at IS NULL;
CREATE INDEX cases_by_buyer ON cases (buyer_id, kind, id);
CREATE INDEX cases_by_merchant ON cases (merchant_org, kind, id);
CREATE INDEX cases_by_parent ON cases (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE clocks (
    id {PK},
    case_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    rule TEXT,
    entered_at BIGINT NOT NULL,
    anchor_at BIGINT NOT NULL,
    length TEXT NOT NULL,
    cal TEXT NOT NULL,
    cal_version TEXT NOT NULL,
    due_at BIGINT,
    fire_at BIGINT,
    wake_at BIGINT,
    stage BIGINT NOT NULL,
    blocked TEXT
);
CREATE INDEX clocks_by_wake ON clocks (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX clocks_by_case ON clocks (case_id);
CREATE TABLE pauses (
    id {PK},
    case_id BIGINT NOT NULL,
    cause TEXT NOT NULL,
    cause_case BIGINT,
    from_at BIGINT NOT NULL,
    to_at BIGINT
);
CREATE INDEX pauses_by_case ON pauses (case_id);
CREATE TABLE history (
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    event TEXT NOT NULL,
    taken_as TEXT NOT NULL,
    actor TEXT NOT NULL,
    party TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    rule TEXT,
    clock_id BIGINT,
    note TEXT,
    PRIMARY KEY (case_id, seq)
) {CLUSTERED};
CREATE TABLE case_counts (
    case_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (case_id, event)
) {CLUSTERED};
