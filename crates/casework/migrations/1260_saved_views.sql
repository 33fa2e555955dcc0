-- 1260: views that people save of their lists: filters under a name, in an order of their own.
CREATE TABLE saved_views (
    id {PK},
    user_id BIGINT NOT NULL,
    org_id BIGINT,
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    -- JSON object of the list's query parameters.
    filters TEXT NOT NULL,
    is_shared BIGINT NOT NULL,
    place BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_views_by_name ON saved_views (user_id, list, name);
CREATE INDEX saved_views_shared ON saved_views (org_id, list) WHERE is_shared = 1;
