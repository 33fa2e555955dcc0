-- 1004: data keys that fields are sealed under, each wrapped by one or more keepers (kernel/seal). A key is spent when nothing is
-- sealed under it any more; it stays, for a process that slept may still bring something that was sealed under it.
CREATE TABLE seal_keys ( /* undumped: secrets */
    number {PK},
    created_at BIGINT NOT NULL,
    is_spent BIGINT NOT NULL
);
CREATE TABLE seal_slots ( /* undumped: secrets */
    number BIGINT NOT NULL,
    keeper TEXT NOT NULL,
    wrapped {BLOB} NOT NULL,
    PRIMARY KEY (number, keeper)
) {CLUSTERED};
