-- 1620: what orders are looked up by: the number at their source, the end of a phone number, a name, a unit.
CREATE INDEX orders_by_source_no ON orders (outside_no) WHERE outside_no IS NOT NULL;
CREATE INDEX recipients_by_phone_end ON recipients (substr(phone, length(phone) - 3), order_id);
CREATE INDEX recipients_by_name ON recipients (name, order_id);
CREATE INDEX order_lines_by_sku ON order_lines (sku_id, order_id);
