-- Vouchers: the paper beside the ledger's unit; the number itself is nowhere, only its keyed hash.
CREATE TABLE voucher (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    voucher_id  TEXT COLLATE "C" NOT NULL,
    code_hash   BYTEA NOT NULL,
    definition  TEXT COLLATE "C" NOT NULL,
    rule_id     TEXT COLLATE "C" NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    lot_id      TEXT COLLATE "C" NOT NULL,
    member_id   TEXT COLLATE "C",
    sale_id     TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL CHECK (number >= 1),
    worth_minor BIGINT NOT NULL CHECK (worth_minor > 0),
    redeem_on   TEXT COLLATE "C" NOT NULL,
    last_day    TEXT COLLATE "C" NOT NULL,
    made_ms     BIGINT NOT NULL,
    taken_back  TEXT COLLATE "C",
    PRIMARY KEY (group_id, voucher_id),
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
);
CREATE UNIQUE INDEX voucher_by_code ON voucher (group_id, code_hash);
CREATE INDEX voucher_by_sale ON voucher (group_id, sale_id, number);
CREATE INDEX voucher_by_lot ON voucher (group_id, lot_id);

-- A voucher on the ticket it paid a part of; restored by the return of what it paid.
CREATE TABLE voucher_use (
    group_id    TEXT COLLATE "C" NOT NULL,
    sale_id     TEXT COLLATE "C" NOT NULL,
    voucher_id  TEXT COLLATE "C" NOT NULL,
    used_minor  BIGINT NOT NULL CHECK (used_minor >= 0),
    restored_by TEXT COLLATE "C",
    PRIMARY KEY (group_id, sale_id, voucher_id),
    FOREIGN KEY (group_id, voucher_id) REFERENCES voucher
);

-- Units that a ticket offered free of charge and that were not in its basket.
CREATE TABLE sale_gift (
    group_id   TEXT COLLATE "C" NOT NULL,
    sale_id    TEXT COLLATE "C" NOT NULL,
    number     BIGINT NOT NULL,
    rule_id    TEXT COLLATE "C" NOT NULL,
    article_id TEXT COLLATE "C" NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (group_id, sale_id, number)
);
