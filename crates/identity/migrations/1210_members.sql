-- 1210: members of an organisation: who owns it, and the roles that it makes itself.
ALTER TABLE orgs ADD COLUMN members_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN is_owner BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN own_role BIGINT;
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX users_by_org ON users (org_id, id);
CREATE TABLE org_roles (
    id {PK},
    org_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX org_roles_by_name ON org_roles (org_id, name);
CREATE TABLE last_log_ins ( /* undumped: in wall time */
    user_id {PK},
    at BIGINT NOT NULL
);
-- Ids grow with time: the oldest account that may log in and has every right is the main one.
UPDATE users SET is_owner = 1 WHERE id IN (
    SELECT MIN(id) FROM users WHERE org_id IS NOT NULL AND is_disabled = 0 AND role IN ('merchant', 'operator') GROUP BY org_id
);
