-- People's corrections of day tables: of a region and year the one with the greatest `seq` holds. Ids of several nodes do not tell which
-- came last.
CREATE TABLE calendar_edits (
    id {PK},
    region TEXT NOT NULL,
    year BIGINT NOT NULL,
    days TEXT NOT NULL,
    source TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    seq BIGINT NOT NULL UNIQUE
);
