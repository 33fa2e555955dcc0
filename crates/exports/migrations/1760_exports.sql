-- 1760: order lists as files. One row is one export: what was asked, how far it is, and what became of its file.
CREATE TABLE order_exports (
    id {PK},
    -- None for the platform, which sees every organisation.
    merchant_org BIGINT,
    asked_by BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    locale TEXT NOT NULL,
    format TEXT NOT NULL,
    is_plain BIGINT NOT NULL,
    -- JSON; what was searched for may be a name or a phone number and is emptied with the file.
    filter TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Wall time until which a worker has it, and how often one took it: what an older one still writes is refused.
    held_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    -- Id of the last order written; orders come newest first.
    cursor_id BIGINT NOT NULL,
    orders_done BIGINT NOT NULL,
    orders_all BIGINT,
    row_count BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- JSON: where the file is open.
    draft TEXT NOT NULL,
    has_parts BIGINT NOT NULL,
    failure TEXT NOT NULL,
    ended_at BIGINT,
    expires_at BIGINT
);
CREATE INDEX order_exports_by_org ON order_exports (merchant_org, id);
CREATE INDEX order_exports_open ON order_exports (id) WHERE state IN ('waiting', 'running');
-- What counts against the bounds of an organisation.
CREATE INDEX order_exports_live ON order_exports (merchant_org) WHERE state IN ('waiting', 'running', 'done');
CREATE INDEX order_exports_kept ON order_exports (id) WHERE has_parts = 1;
-- The file; it holds personal data and is deleted 7 days after it was made.
CREATE TABLE order_export_parts ( /* undumped: bytes of files, until they are deleted */
    export_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    bytes {BLOB} NOT NULL,
    PRIMARY KEY (export_id, part)
) {CLUSTERED};
