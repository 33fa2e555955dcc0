-- 1003: where the person who acted called from (masked), and what an event without a case is about: a person, a role, a file.
-- Both are NULL in what was recorded before, whose digests stay what they were.
ALTER TABLE events ADD COLUMN address TEXT;
ALTER TABLE events ADD COLUMN object_id BIGINT;
CREATE INDEX events_by_object ON events (object_id, id) WHERE object_id IS NOT NULL;
-- What people of merchants and of the platform did is searched by who, what and where from. Buyers, clocks and the product itself
-- write most events, some ten an order, and enter none of these.
CREATE INDEX operations_by_actor ON events (actor, id) WHERE party IN ('merchant', 'platform');
CREATE INDEX operations_by_kind ON events (kind, id) WHERE party IN ('merchant', 'platform');
CREATE INDEX operations_by_org ON events (merchant_org, kind, id) WHERE party IN ('merchant', 'platform');
CREATE INDEX operations_by_address ON events (address, id) WHERE party IN ('merchant', 'platform') AND address IS NOT NULL;
CREATE INDEX operations_by_org_address ON events (merchant_org, address, id)
    WHERE party IN ('merchant', 'platform') AND address IS NOT NULL;
