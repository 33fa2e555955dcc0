-- 1001: the hash chain over the events in their order (decision D13), kept at the end of every block of at most 1,000 events;
-- marks: the first 8 bytes of the digest of each event of the block, so that a check can name the event that differs.
CREATE TABLE event_blocks ( /* undumped: where a block ends depends on when it was sealed */
    last_seq {PK},
    first_seq BIGINT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    marks {BLOB} NOT NULL
);
