-- 1002: workers claim jobs of one kind, and the page of the state counts each kind by itself.
CREATE INDEX jobs_by_kind ON jobs (kind, run_at, id);
DROP INDEX jobs_by_time;
