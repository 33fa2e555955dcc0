-- 1000: events in commit order, answers under idempotency keys, jobs, leases, blobs.
CREATE TABLE events (
    id {PK},
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    case_id BIGINT,
    merchant_org BIGINT,
    shop_id BIGINT,
    buyer_id BIGINT,
    actor TEXT NOT NULL,
    party TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX events_by_case ON events (case_id, id);
CREATE TABLE event_seq (
    seq {PK},
    event_id BIGINT NOT NULL
);
CREATE TABLE event_pending ( /* undumped: empty once the sequencer has run */
    event_id {PK}
);
CREATE TABLE idempotency ( /* undumped: answers to callers, not facts of the market */
    principal TEXT NOT NULL,
    command TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (principal, command, idem_key)
) {CLUSTERED};
CREATE TABLE jobs (
    id {PK},
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    claim BIGINT NOT NULL
);
CREATE INDEX jobs_by_time ON jobs (run_at, id);
CREATE TABLE leases ( /* undumped: who runs what right now */
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    fence BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE TABLE node_ids ( /* undumped: high-water marks of id sources */
    node {PK},
    reserved_ms BIGINT NOT NULL
);
CREATE TABLE heartbeat ( /* undumped: when this database was last served */
    id {PK},
    at BIGINT NOT NULL
);
CREATE TABLE blobs (
    sha256 TEXT NOT NULL PRIMARY KEY,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE blob_chunks ( /* undumped: bytes, named by their hash in blobs */
    sha256 TEXT NOT NULL,
    part BIGINT NOT NULL,
    bytes {BLOB} NOT NULL,
    PRIMARY KEY (sha256, part)
) {CLUSTERED};
