-- Vouchers: the paper beside the ledger's unit; the number itself is nowhere, only its keyed hash.
CREATE TABLE voucher (
    group_id    TEXT    NOT NULL REFERENCES pharmacy_group,
    voucher_id  TEXT    NOT NULL,
    code_hash   BLOB    NOT NULL,
    definition  TEXT    NOT NULL,
    rule_id     TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    lot_id      TEXT    NOT NULL,
    member_id   TEXT,
    sale_id     TEXT    NOT NULL,
    number      INTEGER NOT NULL CHECK (number >= 1),
    worth_minor INTEGER NOT NULL CHECK (worth_minor > 0),
    redeem_on   TEXT    NOT NULL,
    last_day    TEXT    NOT NULL,
    made_ms     INTEGER NOT NULL,
    taken_back  TEXT,
    PRIMARY KEY (group_id, voucher_id),
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX voucher_by_code ON voucher (group_id, code_hash);
CREATE INDEX voucher_by_sale ON voucher (group_id, sale_id, number);
CREATE INDEX voucher_by_lot ON voucher (group_id, lot_id);

-- A voucher on the ticket it paid a part of; restored by the return of what it paid.
CREATE TABLE voucher_use (
    group_id    TEXT    NOT NULL,
    sale_id     TEXT    NOT NULL,
    voucher_id  TEXT    NOT NULL,
    used_minor  INTEGER NOT NULL CHECK (used_minor >= 0),
    restored_by TEXT,
    PRIMARY KEY (group_id, sale_id, voucher_id),
    FOREIGN KEY (group_id, voucher_id) REFERENCES voucher
) STRICT, WITHOUT ROWID;

-- Units that a ticket offered free of charge and that were not in its basket.
CREATE TABLE sale_gift (
    group_id   TEXT    NOT NULL,
    sale_id    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    rule_id    TEXT    NOT NULL,
    article_id TEXT    NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (group_id, sale_id, number)
) STRICT, WITHOUT ROWID;
