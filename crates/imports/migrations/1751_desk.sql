-- 1751: the import desk: files of other platforms become orders.
-- A source is what a merchant calls a platform's export, with the meaning of its columns (JSON).
CREATE TABLE outside_sources (
    id {PK},
    merchant_org BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX outside_sources_by_name ON outside_sources (merchant_org, name);
CREATE TABLE outside_products (
    source_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    sku_id BIGINT NOT NULL,
    PRIMARY KEY (source_id, code)
) {CLUSTERED};
CREATE TABLE outside_buyers (
    source_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    buyer_id BIGINT NOT NULL,
    PRIMARY KEY (source_id, account)
) {CLUSTERED};
-- The key makes an import repeatable: an order of a source is written once, whole; the hash tells whether its rows changed.
CREATE TABLE outside_orders (
    source_id BIGINT NOT NULL,
    outside_no TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    rows_hash BIGINT NOT NULL,
    import_id BIGINT NOT NULL,
    PRIMARY KEY (source_id, outside_no)
) {CLUSTERED};
-- One uploaded file. `done`: orders judged so far in the plan's order, -1 before the broken rows are written; so a run that
-- broke off goes on where its last commit was. Settings are those of the source when the run began.
CREATE TABLE imports (
    id {PK},
    merchant_org BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    format TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    has_file BIGINT NOT NULL,
    state TEXT NOT NULL,
    source_id BIGINT,
    shop_id BIGINT,
    settings TEXT NOT NULL,
    is_dry BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    counts TEXT NOT NULL,
    failure TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX imports_by_org ON imports (merchant_org, id);
CREATE INDEX imports_by_state ON imports (state, id);
-- Files and broken rows hold personal data; they are deleted 30 days after the upload.
CREATE TABLE import_parts ( /* undumped: bytes as they were sent, until they are deleted */
    import_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    bytes {BLOB} NOT NULL,
    PRIMARY KEY (import_id, part)
) {CLUSTERED};
CREATE TABLE import_bad_rows (
    import_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    code TEXT NOT NULL,
    problems TEXT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
) {CLUSTERED};
CREATE INDEX import_bad_rows_by_code ON import_bad_rows (import_id, code, line);
