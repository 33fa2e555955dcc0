-- 1310: a code is looked for without knowing the shop.
CREATE INDEX skus_by_code_alone ON skus (code);
