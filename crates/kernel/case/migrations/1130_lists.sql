-- 1130: lists of a kind, or of a state, without a shop: newest first, however rare what they show.
CREATE INDEX cases_by_kind ON cases (kind, id);
CREATE INDEX cases_by_state ON cases (kind, state, id);
CREATE INDEX cases_by_merchant_state ON cases (merchant_org, kind, state, id);
