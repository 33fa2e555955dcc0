-- People's corrections of day tables: the last one of a region and year holds. `before_id` is the one that its editor has seen.
CREATE TABLE calendar_edits (
    id {PK},
    region TEXT NOT NULL,
    year BIGINT NOT NULL,
    days TEXT NOT NULL,
    source TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    before_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX calendar_edits_by_year ON calendar_edits (region, year, before_id);
