-- 1752: imports whose file and bad rows are being deleted, some rows a transaction; a row goes when nothing of them is left.
CREATE TABLE import_forgotten (
    import_id BIGINT NOT NULL PRIMARY KEY
) {CLUSTERED};
-- Parts that came after their upload was forgotten, and files of earlier deletions.
INSERT INTO import_forgotten (import_id)
    SELECT p.import_id FROM import_parts p LEFT JOIN imports i ON i.id = p.import_id AND i.has_file = 1
    WHERE i.id IS NULL GROUP BY p.import_id;
-- What counts against the quota of an organisation.
CREATE INDEX imports_kept ON imports (merchant_org, size_bytes) WHERE has_file = 1;
