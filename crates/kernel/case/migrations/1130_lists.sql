-- 1130: lists of a state in all shops, newest first, however rare it is; what merchants see of a state lies in order by shop.
CREATE INDEX cases_by_state ON cases (kind, state, id);
