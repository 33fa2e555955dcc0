-- 1761: files are sealed (SYS-7), each under a key of its own (`file_keys`, by the export's id), and so is what was searched for: `filter`
-- is '{}' from now on. `order_export_parts` keeps what earlier versions wrote until the opening that seals it, and is empty from then on.
CREATE TABLE sealed_export_parts ( /* undumped: bytes of files, sealed, until they are deleted */
    export_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    sealed {BLOB} NOT NULL,
    PRIMARY KEY (export_id, part)
) {CLUSTERED};
ALTER TABLE order_exports ADD COLUMN sealed_filter {BLOB};
