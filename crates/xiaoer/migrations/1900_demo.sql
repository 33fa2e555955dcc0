-- 1900: the clock of a demo market; production refuses a database that has one.
CREATE TABLE demo_clock ( /* undumped: not a fact of the market */
    id {PK},
    wall0 BIGINT NOT NULL,
    virtual0 BIGINT NOT NULL,
    rate BIGINT NOT NULL
);
