-- Who pays: lines of tickets that somebody else than the selling shop pays for, associations and their share of
-- turnover, months that are closed, payouts. What is booked here is only added to.

-- `entry_id` is made of keyed names of ticket and return: without the member's key nothing leads from a line to
-- its ticket, and a member who is erased leaves the line behind, which somebody owes.
CREATE TABLE funded_line (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    month        TEXT COLLATE "C" NOT NULL,
    funder       TEXT COLLATE "C" NOT NULL,
    entry_id     TEXT COLLATE "C" NOT NULL,
    ticket_ref   TEXT COLLATE "C" NOT NULL,
    return_ref   TEXT COLLATE "C" NOT NULL,
    line_no      BIGINT NOT NULL,
    rule_id      TEXT COLLATE "C" NOT NULL,
    rule_version BIGINT NOT NULL,
    what         TEXT COLLATE "C" NOT NULL CHECK (what IN ('discount', 'voucher', 'points')),
    voucher      TEXT COLLATE "C" NOT NULL,
    creditor     TEXT COLLATE "C" NOT NULL CHECK (creditor <> funder),
    shop_id      TEXT COLLATE "C" NOT NULL,
    local_day    TEXT COLLATE "C" NOT NULL,
    article_id   TEXT COLLATE "C" NOT NULL,
    quantity     BIGINT NOT NULL,
    points       BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency     TEXT COLLATE "C" NOT NULL,
    tax_rate_bp  BIGINT,
    PRIMARY KEY (group_id, month, funder, entry_id)
);
CREATE INDEX funded_line_by_ticket ON funded_line (group_id, ticket_ref);

-- A member belongs to one association at a time, each from a moment to a moment.
CREATE TABLE member_association (
    group_id       TEXT COLLATE "C" NOT NULL,
    member_id      TEXT COLLATE "C" NOT NULL,
    entry_no       BIGINT NOT NULL CHECK (entry_no >= 1),
    association_id TEXT COLLATE "C" NOT NULL,
    from_ms        BIGINT NOT NULL,
    to_ms          BIGINT CHECK (to_ms >= from_ms),
    actor          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, member_id, entry_no),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE UNIQUE INDEX member_association_alone ON member_association (group_id, member_id) WHERE to_ms IS NULL;

-- The share of its members' turnover that a shop gives; shop_id '' is every shop without a deal of its own.
CREATE TABLE association_deal (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    association_id TEXT COLLATE "C" NOT NULL,
    shop_id        TEXT COLLATE "C" NOT NULL,
    share_bp       BIGINT NOT NULL CHECK (share_bp BETWEEN 0 AND 10000),
    PRIMARY KEY (group_id, association_id, shop_id)
);

CREATE TABLE association_turnover (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    month          TEXT COLLATE "C" NOT NULL,
    association_id TEXT COLLATE "C" NOT NULL,
    shop_id        TEXT COLLATE "C" NOT NULL,
    cause_id       TEXT COLLATE "C" NOT NULL,
    sale_id        TEXT COLLATE "C" NOT NULL,
    share_bp       BIGINT NOT NULL,
    counted_minor  BIGINT NOT NULL,
    currency       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, month, association_id, shop_id, cause_id)
);
CREATE INDEX association_turnover_by_sale ON association_turnover (group_id, sale_id);

-- A closed month ends at an entry of the journal; what comes later belongs to the next.
CREATE TABLE clearing_close (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    month      TEXT COLLATE "C" NOT NULL,
    next_month TEXT COLLATE "C" NOT NULL,
    until_seq  BIGINT NOT NULL CHECK (until_seq >= 0),
    closed_ms  BIGINT NOT NULL,
    actor      TEXT COLLATE "C" NOT NULL,
    statement  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, month)
);

CREATE TABLE association_payout (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    association_id TEXT COLLATE "C" NOT NULL,
    month          TEXT COLLATE "C" NOT NULL,
    payer          TEXT COLLATE "C" NOT NULL,
    counted_minor  BIGINT NOT NULL,
    share_minor    BIGINT NOT NULL,
    points         BIGINT NOT NULL,
    points_minor   BIGINT NOT NULL,
    before_minor   BIGINT NOT NULL,
    paid_minor     BIGINT NOT NULL CHECK (paid_minor >= 0),
    after_minor    BIGINT NOT NULL CHECK (after_minor <= 0),
    currency       TEXT COLLATE "C" NOT NULL,
    transaction_id TEXT COLLATE "C",
    paid_ms        BIGINT NOT NULL,
    actor          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, association_id, month, payer),
    CHECK (share_minor + points_minor + before_minor = paid_minor + after_minor)
);

CREATE TRIGGER funded_line_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON funded_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER association_turnover_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON association_turnover
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER clearing_close_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON clearing_close
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER association_payout_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON association_payout
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
