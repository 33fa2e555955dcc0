-- 1970: organisations whose people do not log in, however their verification goes on; two persons lift it (ACC-6).
CREATE TABLE log_in_blocks (
    org_id {PK},
    since BIGINT NOT NULL,
    backed_by BIGINT,
    backed_at BIGINT
);
