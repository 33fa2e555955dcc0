-- 1250: replays of the history under another pack: what was asked, by whom, how far it is, and what came out.
CREATE TABLE policy_replays (
    id {PK},
    pack TEXT NOT NULL,
    since_at BIGINT NOT NULL,
    until_at BIGINT,
    shop_id BIGINT,
    asked_by BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- Wall time until which a worker has it; one that died leaves it to the next.
    held_until BIGINT NOT NULL,
    families_done BIGINT NOT NULL,
    families_all BIGINT NOT NULL,
    ended_at BIGINT,
    problem TEXT,
    report TEXT
);
CREATE INDEX policy_replays_open ON policy_replays (id) WHERE ended_at IS NULL;
