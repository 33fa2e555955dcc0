-- 1240: keys of the open API (ACC-7, SYS-4). A key acts as a member of its own, in `users` under the role `api_key`, without a password: what
-- programs do is told apart from what people do. Of the token its hash is kept and its last four characters.
CREATE TABLE api_keys ( /* undumped: secrets, in wall time */
    user_id {PK},
    org_id BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    permissions TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    per_minute BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_keys_by_org ON api_keys (org_id, user_id);
CREATE TABLE api_key_uses ( /* undumped: in wall time */
    user_id {PK},
    at BIGINT NOT NULL
);
