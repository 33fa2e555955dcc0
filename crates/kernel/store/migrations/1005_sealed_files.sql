-- 1005: files are sealed (SYS-7), each under a key of its own, which lies here sealed like a field. The files of blobs are named by the
-- SHA-256 of their sealed bytes (`stored`); `sha256` is the name that other rows know a blob by, the same for those that are new. Blobs
-- without a `file_id` are of earlier versions and lie in the clear until the opening that seals them.
CREATE TABLE file_keys ( /* undumped: secrets */
    file_id {PK},
    sealed {BLOB} NOT NULL
);
ALTER TABLE blobs ADD COLUMN stored TEXT;
ALTER TABLE blobs ADD COLUMN file_id BIGINT;
CREATE INDEX blobs_by_stored ON blobs (stored);
CREATE INDEX blobs_in_the_clear ON blobs (sha256) WHERE file_id IS NULL;
