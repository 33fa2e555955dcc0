-- 1200: organisations, people, shops; sessions and failed log-ins in wall time.
CREATE TABLE orgs (
    id {PK},
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE users (
    id {PK},
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    phone_masked TEXT NOT NULL,
    role TEXT NOT NULL,
    party TEXT NOT NULL,
    org_id BIGINT,
    locale TEXT,
    is_disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE passwords ( /* undumped: secrets */
    user_id {PK},
    hash TEXT NOT NULL
);
CREATE TABLE shops (
    id {PK},
    merchant_org BIGINT NOT NULL,
    name TEXT NOT NULL,
    pack TEXT,
    currency TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX shops_by_org ON shops (merchant_org, id);
CREATE TABLE sessions ( /* undumped: secrets, in wall time */
    id {PK},
    token_hash TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE TABLE login_failures ( /* undumped: throttles, in wall time; subjects are hashes */
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
) {CLUSTERED};
