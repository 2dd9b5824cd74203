-- Who pays: lines of tickets that somebody else than the selling shop pays for, associations and their share of
-- turnover, months that are closed, payouts. What is booked here is only added to.

-- `entry_id` is made of keyed names of ticket and return: without the member's key nothing leads from a line to
-- its ticket, and a member who is erased leaves the line behind, which somebody owes.
CREATE TABLE funded_line (
    group_id     TEXT    NOT NULL REFERENCES pharmacy_group,
    month        TEXT    NOT NULL,
    funder       TEXT    NOT NULL,
    entry_id     TEXT    NOT NULL,
    ticket_ref   TEXT    NOT NULL,
    return_ref   TEXT    NOT NULL,
    line_no      INTEGER NOT NULL,
    rule_id      TEXT    NOT NULL,
    rule_version INTEGER NOT NULL,
    what         TEXT    NOT NULL CHECK (what IN ('discount', 'voucher', 'points')),
    voucher      TEXT    NOT NULL,
    creditor     TEXT    NOT NULL CHECK (creditor <> funder),
    shop_id      TEXT    NOT NULL,
    local_day    TEXT    NOT NULL,
    article_id   TEXT    NOT NULL,
    quantity     INTEGER NOT NULL,
    points       INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    tax_rate_bp  INTEGER,
    PRIMARY KEY (group_id, month, funder, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX funded_line_by_ticket ON funded_line (group_id, ticket_ref);

-- A member belongs to one association at a time, each from a moment to a moment.
CREATE TABLE member_association (
    group_id       TEXT    NOT NULL,
    member_id      TEXT    NOT NULL,
    entry_no       INTEGER NOT NULL CHECK (entry_no >= 1),
    association_id TEXT    NOT NULL,
    from_ms        INTEGER NOT NULL,
    to_ms          INTEGER CHECK (to_ms >= from_ms),
    actor          TEXT    NOT NULL,
    PRIMARY KEY (group_id, member_id, entry_no),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX member_association_alone ON member_association (group_id, member_id) WHERE to_ms IS NULL;

-- The share of its members' turnover that a shop gives; shop_id '' is every shop without a deal of its own.
CREATE TABLE association_deal (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    association_id TEXT    NOT NULL,
    shop_id        TEXT    NOT NULL,
    share_bp       INTEGER NOT NULL CHECK (share_bp BETWEEN 0 AND 10000),
    PRIMARY KEY (group_id, association_id, shop_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE association_turnover (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    month          TEXT    NOT NULL,
    association_id TEXT    NOT NULL,
    shop_id        TEXT    NOT NULL,
    cause_id       TEXT    NOT NULL,
    sale_id        TEXT    NOT NULL,
    share_bp       INTEGER NOT NULL,
    counted_minor  INTEGER NOT NULL,
    currency       TEXT    NOT NULL,
    PRIMARY KEY (group_id, month, association_id, shop_id, cause_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX association_turnover_by_sale ON association_turnover (group_id, sale_id);

-- A closed month ends at an entry of the journal; what comes later belongs to the next.
CREATE TABLE clearing_close (
    group_id   TEXT    NOT NULL REFERENCES pharmacy_group,
    month      TEXT    NOT NULL,
    next_month TEXT    NOT NULL,
    until_seq  INTEGER NOT NULL CHECK (until_seq >= 0),
    closed_ms  INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    statement  TEXT    NOT NULL,
    PRIMARY KEY (group_id, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE association_payout (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    association_id TEXT    NOT NULL,
    month          TEXT    NOT NULL,
    payer          TEXT    NOT NULL,
    counted_minor  INTEGER NOT NULL,
    share_minor    INTEGER NOT NULL,
    points         INTEGER NOT NULL,
    points_minor   INTEGER NOT NULL,
    before_minor   INTEGER NOT NULL,
    paid_minor     INTEGER NOT NULL CHECK (paid_minor >= 0),
    after_minor    INTEGER NOT NULL CHECK (after_minor <= 0),
    currency       TEXT    NOT NULL,
    transaction_id TEXT   ,
    paid_ms        INTEGER NOT NULL,
    actor          TEXT    NOT NULL,
    PRIMARY KEY (group_id, association_id, month, payer),
    CHECK (share_minor + points_minor + before_minor = paid_minor + after_minor)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER funded_line_refuses_update BEFORE UPDATE ON funded_line
BEGIN SELECT RAISE(ABORT, 'funded_line is append-only'); END;
CREATE TRIGGER funded_line_refuses_delete BEFORE DELETE ON funded_line
BEGIN SELECT RAISE(ABORT, 'funded_line is append-only'); END;
CREATE TRIGGER association_turnover_refuses_update BEFORE UPDATE ON association_turnover
BEGIN SELECT RAISE(ABORT, 'association_turnover is append-only'); END;
CREATE TRIGGER association_turnover_refuses_delete BEFORE DELETE ON association_turnover
BEGIN SELECT RAISE(ABORT, 'association_turnover is append-only'); END;
CREATE TRIGGER clearing_close_refuses_update BEFORE UPDATE ON clearing_close
BEGIN SELECT RAISE(ABORT, 'clearing_close is append-only'); END;
CREATE TRIGGER clearing_close_refuses_delete BEFORE DELETE ON clearing_close
BEGIN SELECT RAISE(ABORT, 'clearing_close is append-only'); END;
CREATE TRIGGER association_payout_refuses_update BEFORE UPDATE ON association_payout
BEGIN SELECT RAISE(ABORT, 'association_payout is append-only'); END;
CREATE TRIGGER association_payout_refuses_delete BEFORE DELETE ON association_payout
BEGIN SELECT RAISE(ABORT, 'association_payout is append-only'); END;
