-- 1753: files and bad rows are sealed (SYS-7), each import's under a key of its own (`file_keys`, by the import's id). `import_parts` and
-- `import_bad_rows` keep what earlier versions wrote until the opening that seals it, and are empty from then on.
CREATE TABLE sealed_import_parts ( /* undumped: bytes as they were sent, sealed, until they are deleted */
    import_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    sealed {BLOB} NOT NULL,
    PRIMARY KEY (import_id, part)
) {CLUSTERED};
-- `sealed`: problems, which quote cells, and cells.
CREATE TABLE sealed_bad_rows ( /* undumped: sealed under the keys of files, until they are deleted */
    import_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    code TEXT NOT NULL,
    sealed {BLOB} NOT NULL,
    PRIMARY KEY (import_id, line)
) {CLUSTERED};
CREATE INDEX sealed_bad_rows_by_code ON sealed_bad_rows (import_id, code, line);
DROP INDEX import_bad_rows_by_code;
