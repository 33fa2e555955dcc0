-- 1270: one act on many cases. One row is one batch: who wants what done, to which cases, and how far it is.
CREATE TABLE case_batches (
    id {PK},
    -- None for people of the platform.
    merchant_org BIGINT,
    asked_by BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    -- JSON: what the act is given, the same for every case.
    input TEXT NOT NULL,
    note TEXT,
    -- Where its cases come from: picked, orders, aftersales (filters of that list) or again (refused rows of another batch).
    source TEXT NOT NULL,
    -- JSON; what was searched for may be a name or a phone number and is emptied when the batch ends.
    wanted TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Wall time until which a worker has it, how often one took it, and when last: what an older one still writes is refused.
    held_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    served_at BIGINT NOT NULL,
    -- While cases are chosen: key of the last one listed, and how many were listed.
    cursor_id BIGINT NOT NULL,
    listed BIGINT NOT NULL,
    rows_all BIGINT NOT NULL,
    rows_done BIGINT NOT NULL,
    rows_refused BIGINT NOT NULL,
    failure TEXT NOT NULL,
    ended_at BIGINT,
    expires_at BIGINT
);
CREATE INDEX case_batches_by_asker ON case_batches (asked_by, id);
CREATE INDEX case_batches_open ON case_batches (served_at, id) WHERE state IN ('waiting', 'choosing', 'running');
CREATE INDEX case_batches_ended ON case_batches (expires_at) WHERE expires_at IS NOT NULL;
-- What becomes of each case. A row waits, and then is done in the transaction of its act, or refused.
CREATE TABLE case_batch_rows (
    batch_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    -- Version of the case that was seen; none for one that its asker may not see.
    version BIGINT,
    outcome TEXT NOT NULL,
    -- State afterwards, of a row that is done.
    state TEXT NOT NULL,
    -- JSON: the problem of a row that is refused.
    problem TEXT NOT NULL,
    at BIGINT,
    PRIMARY KEY (batch_id, place)
) {CLUSTERED};
CREATE INDEX case_batch_rows_by_outcome ON case_batch_rows (batch_id, outcome, place);
