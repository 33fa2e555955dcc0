-- 1230: second factors of log-in (ACC-4). The secret lies sealed; of recovery codes their hashes are kept. What is not confirmed yet asks
-- nobody for a code.
CREATE TABLE second_factors ( /* undumped: secrets */
    user_id {PK},
    sealed {BLOB} NOT NULL,
    confirmed_at BIGINT,
    used_step BIGINT NOT NULL
);
CREATE TABLE recovery_codes ( /* undumped: secrets */
    user_id BIGINT NOT NULL,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) {CLUSTERED};
