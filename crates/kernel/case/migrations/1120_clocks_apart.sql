-- Clocks that count days, and clocks that wait: few of many, looked for at every start.
CREATE INDEX clocks_by_days ON clocks (cal_version, case_id) WHERE cal_version <> '';
CREATE INDEX clocks_blocked ON clocks (blocked) WHERE blocked IS NOT NULL;
