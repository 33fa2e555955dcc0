-- 1650: remarks are sealed (SYS-7). `remark` and `words` keep what earlier versions wrote until the opening that seals it, and are empty from
-- then on.
ALTER TABLE orders ADD COLUMN sealed_remark {BLOB};
ALTER TABLE order_remarks ADD COLUMN sealed_words {BLOB};
CREATE INDEX orders_in_the_clear ON orders (case_id) WHERE remark <> '';
CREATE INDEX order_remarks_in_the_clear ON order_remarks (id) WHERE words <> '';
