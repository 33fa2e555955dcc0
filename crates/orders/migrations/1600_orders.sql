-- 1600: orders, their lines and recipients, and violations of promises.
CREATE TABLE orders (
    case_id {PK},
    number TEXT NOT NULL UNIQUE,
    merchant_org BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    buyer_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    goods_minor BIGINT NOT NULL,
    freight_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    source TEXT NOT NULL,
    outside_no TEXT,
    remark TEXT NOT NULL,
    review_exempt BIGINT NOT NULL,
    tracking TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    shipped_at BIGINT,
    delivered_at BIGINT
);
CREATE UNIQUE INDEX orders_by_outside_no ON orders (shop_id, outside_no) WHERE outside_no IS NOT NULL;
-- A line's part of freight and rounding is fixed when the order is placed: refunds line by line add up to the total.
CREATE TABLE order_lines (
    id {PK},
    order_id BIGINT NOT NULL,
    line_no BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    spec TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    freight_minor BIGINT NOT NULL,
    shipped BIGINT NOT NULL,
    stopped BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL
);
CREATE UNIQUE INDEX order_lines_by_order ON order_lines (order_id, line_no);
-- Personal data lies apart, so that erasing it leaves orders and ledgers whole.
CREATE TABLE recipients (
    order_id {PK},
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    region TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE TABLE violations (
    id {PK},
    case_id BIGINT NOT NULL,
    merchant_org BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    buyer_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX violations_once ON violations (case_id, kind);
