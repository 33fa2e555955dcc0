-- 1630: wordings of remarks on orders: what a merchant's people note among themselves (`whose` = merchant), and what the buyer's
-- remark was before and after it was edited (buyer). They are kept apart from the event record, which names them by id: words may
-- hold personal data, and erasing them must leave the record whole.
CREATE TABLE order_remarks (
    id {PK},
    order_id BIGINT NOT NULL,
    whose TEXT NOT NULL,
    place BIGINT NOT NULL,
    words TEXT NOT NULL,
    written_by BIGINT NOT NULL,
    written_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX order_remarks_by_order ON order_remarks (order_id, whose, place);
