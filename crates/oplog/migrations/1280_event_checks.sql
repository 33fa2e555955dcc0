-- 1280: checks of the hash chain that people asked for in the console; `course` is how far one is.
CREATE TABLE event_checks ( /* undumped: how far a check is depends on the machine */
    id {PK},
    asked_by BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    ended_at BIGINT,
    step BIGINT NOT NULL,
    course TEXT NOT NULL
);
