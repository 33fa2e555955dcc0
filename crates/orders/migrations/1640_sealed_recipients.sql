-- 1640: recipients are sealed (SYS-7): name, phone and address as one sealed JSON list; only the region stays readable. `recipients` keeps
-- what earlier versions wrote until the opening that seals it, and is empty from then on.
CREATE TABLE sealed_recipients (
    order_id {PK},
    region TEXT NOT NULL,
    sealed {BLOB} NOT NULL,
    name_key BIGINT,
    phone_key BIGINT,
    phone_end_key BIGINT
);
CREATE INDEX sealed_recipients_by_phone_end ON sealed_recipients (phone_end_key, order_id);
CREATE INDEX sealed_recipients_by_name ON sealed_recipients (name_key, order_id);
DROP INDEX recipients_by_phone_end;
DROP INDEX recipients_by_name;
