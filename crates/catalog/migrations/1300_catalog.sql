-- 1300: what is sold. A unit price is in 1/10,000 of the major unit (decision D15).
CREATE TABLE skus (
    id {PK},
    merchant_org BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    spec TEXT NOT NULL,
    unit_price BIGINT NOT NULL,
    currency TEXT NOT NULL,
    stock_mode TEXT NOT NULL,
    picture TEXT,
    listed BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX skus_by_code ON skus (shop_id, code);
