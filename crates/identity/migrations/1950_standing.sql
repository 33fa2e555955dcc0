-- 1950: whether an organisation may trade. Those of before, and all that the operator adds by hand, are in by the operator's word.
ALTER TABLE orgs ADD COLUMN standing TEXT NOT NULL DEFAULT 'operator';
CREATE TABLE registrations ( /* undumped: throttles, in wall time; subjects are hashes */
    subject TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    since BIGINT NOT NULL
) {CLUSTERED};
