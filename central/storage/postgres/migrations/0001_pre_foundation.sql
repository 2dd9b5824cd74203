-- The first schema. Every key starts with group_id: a group is the unit of sharding, backup, export and deletion.
-- Times are UTC milliseconds, value is integer minor units. CHECKs are the last guard, not the first.
-- Texts are compared byte by byte (COLLATE "C"), whatever the database's language: pages go by key on both engines.

-- History is never edited: it is corrected by adding. See the triggers at the end.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- Groups ---------------------------------------------------------------------------------------------------

CREATE TABLE pharmacy_group (
    group_id        TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (group_id <> ''),
    name            TEXT COLLATE "C" NOT NULL,
    country         TEXT COLLATE "C" NOT NULL,
    currency        TEXT COLLATE "C" NOT NULL,
    settings        TEXT COLLATE "C" NOT NULL,
    programme       TEXT COLLATE "C" NOT NULL,
    ruleset_version BIGINT NOT NULL CHECK (ruleset_version >= 0),
    created_ms      BIGINT NOT NULL
);

-- One row per group that every event and every ledger transaction takes its number from: number order is
-- commit order, and no number is ever missing.
CREATE TABLE group_head (
    group_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES pharmacy_group,
    event_seq    BIGINT NOT NULL DEFAULT 0 CHECK (event_seq >= 0),
    journal_seq  BIGINT NOT NULL DEFAULT 0 CHECK (journal_seq >= 0),
    journal_hash BYTEA  NOT NULL CHECK (length(journal_hash) = 32)
);

CREATE TABLE programme_version (
    group_id        TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    ruleset_version BIGINT NOT NULL,
    programme       TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    recorded_ms     BIGINT NOT NULL,
    PRIMARY KEY (group_id, ruleset_version)
);

CREATE TABLE token (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    token_id    TEXT COLLATE "C" NOT NULL,
    token_hash  BYTEA  NOT NULL CHECK (length(token_hash) = 32),
    label       TEXT COLLATE "C" NOT NULL,
    permissions TEXT COLLATE "C" NOT NULL,
    shop_id     TEXT COLLATE "C",
    terminal_id TEXT COLLATE "C",
    created_ms  BIGINT NOT NULL,
    revoked_ms  BIGINT,
    PRIMARY KEY (group_id, token_id)
);
-- A caller shows a token before anybody knows its group. Unique within the group only, so that the table can be
-- distributed by group; `put_token` refuses a secret that is known anywhere.
CREATE INDEX token_by_hash ON token (token_hash);
CREATE UNIQUE INDEX token_by_group_and_hash ON token (group_id, token_hash);

CREATE TABLE shop (
    group_id      TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    shop_id       TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    country       TEXT COLLATE "C" NOT NULL,
    time_zone     TEXT COLLATE "C" NOT NULL,
    external_id   TEXT COLLATE "C" NOT NULL,
    street        TEXT COLLATE "C" NOT NULL,
    postcode      TEXT COLLATE "C" NOT NULL,
    city          TEXT COLLATE "C" NOT NULL,
    phone         TEXT COLLATE "C" NOT NULL,
    opening_hours TEXT COLLATE "C" NOT NULL,
    website       TEXT COLLATE "C" NOT NULL,
    latitude_e7   BIGINT,
    longitude_e7  BIGINT,
    PRIMARY KEY (group_id, shop_id)
);

-- Articles -------------------------------------------------------------------------------------------------

CREATE TABLE article (
    group_id      TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    article_id    TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    article_class TEXT COLLATE "C" NOT NULL,
    codes         TEXT COLLATE "C" NOT NULL,
    brand         TEXT COLLATE "C" NOT NULL,
    range         TEXT COLLATE "C" NOT NULL,
    source        TEXT COLLATE "C" NOT NULL,
    version       BIGINT NOT NULL CHECK (version >= 1),
    recorded_ms   BIGINT NOT NULL,
    PRIMARY KEY (group_id, article_id)
);

CREATE TABLE article_version (
    group_id      TEXT COLLATE "C" NOT NULL,
    article_id    TEXT COLLATE "C" NOT NULL,
    version       BIGINT NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    article_class TEXT COLLATE "C" NOT NULL,
    codes         TEXT COLLATE "C" NOT NULL,
    brand         TEXT COLLATE "C" NOT NULL,
    range         TEXT COLLATE "C" NOT NULL,
    source        TEXT COLLATE "C" NOT NULL,
    recorded_ms   BIGINT NOT NULL,
    PRIMARY KEY (group_id, article_id, version),
    FOREIGN KEY (group_id, article_id) REFERENCES article
);

CREATE TABLE article_code (
    group_id   TEXT COLLATE "C" NOT NULL,
    code       TEXT COLLATE "C" NOT NULL CHECK (code <> ''),
    article_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, code),
    FOREIGN KEY (group_id, article_id) REFERENCES article
);
CREATE INDEX article_code_by_article ON article_code (group_id, article_id);

-- The price at a moment: the latest valid_from_ms at or before it, then the latest entry (a correction).
CREATE TABLE price (
    group_id      TEXT COLLATE "C" NOT NULL,
    article_id    TEXT COLLATE "C" NOT NULL,
    valid_from_ms BIGINT NOT NULL,
    entry_no      BIGINT NOT NULL CHECK (entry_no >= 1),
    price_minor   BIGINT NOT NULL CHECK (price_minor >= 0),
    recorded_ms   BIGINT NOT NULL,
    PRIMARY KEY (group_id, article_id, valid_from_ms, entry_no),
    FOREIGN KEY (group_id, article_id) REFERENCES article
);

-- Members and cards ----------------------------------------------------------------------------------------

CREATE TABLE member (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    member_id      TEXT COLLATE "C" NOT NULL,
    key_wrapped    BYTEA,
    person_sealed  BYTEA,
    subject_sealed BYTEA,
    language       TEXT COLLATE "C" NOT NULL,
    home_shop_id   TEXT COLLATE "C",
    enrolled_ms    BIGINT NOT NULL,
    email_hash     BYTEA,
    phone_hash     BYTEA,
    input_hash     BYTEA  NOT NULL,
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, home_shop_id) REFERENCES shop
);
CREATE INDEX member_by_email ON member (group_id, email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX member_by_phone ON member (group_id, phone_hash) WHERE phone_hash IS NOT NULL;

-- issued_hash: what the card was issued with, so that a repeated issue is known even after later moves.
CREATE TABLE card (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    card_number    TEXT COLLATE "C" NOT NULL CHECK (card_number <> ''),
    uid            TEXT COLLATE "C" NOT NULL,
    member_id      TEXT COLLATE "C",
    state          TEXT COLLATE "C" NOT NULL
        CHECK (state IN ('stock', 'to_validate', 'active', 'blocked', 'replaced', 'expired')),
    reason         TEXT COLLATE "C" NOT NULL,
    replaced_by    TEXT COLLATE "C",
    valid_until_ms BIGINT,
    issued_ms      BIGINT NOT NULL,
    issued_hash    BYTEA  NOT NULL,
    moves          BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, card_number),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE UNIQUE INDEX card_by_uid ON card (group_id, uid) WHERE uid <> '';
CREATE INDEX card_by_member ON card (group_id, member_id) WHERE member_id IS NOT NULL;

CREATE TABLE card_move (
    group_id    TEXT COLLATE "C" NOT NULL,
    card_number TEXT COLLATE "C" NOT NULL,
    move_no     BIGINT NOT NULL CHECK (move_no >= 1),
    to_state    TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (group_id, card_number, move_no),
    FOREIGN KEY (group_id, card_number) REFERENCES card
);

-- Sales: totals only. What was bought lies in the line store below, and no column here leads there: the join is
-- an HMAC under the member's own key.

CREATE TABLE sale (
    group_id        TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    sale_id         TEXT COLLATE "C" NOT NULL,
    shop_id         TEXT COLLATE "C" NOT NULL,
    business_key    TEXT COLLATE "C" NOT NULL,
    input_hash      BYTEA  NOT NULL,
    terminal_id     TEXT COLLATE "C",
    operator        TEXT COLLATE "C" NOT NULL,
    member_id       TEXT COLLATE "C",
    occurred_ms     BIGINT NOT NULL,
    recorded_ms     BIGINT NOT NULL,
    currency        TEXT COLLATE "C" NOT NULL,
    total_minor     BIGINT NOT NULL,
    points          BIGINT NOT NULL CHECK (points >= 0),
    ruleset_version BIGINT NOT NULL,
    facts           TEXT COLLATE "C" NOT NULL,
    warnings        TEXT COLLATE "C" NOT NULL,
    transaction_id  TEXT COLLATE "C",
    balance_after   BIGINT,
    reservation_id  TEXT COLLATE "C",
    PRIMARY KEY (group_id, sale_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE UNIQUE INDEX sale_by_business_key ON sale (group_id, shop_id, business_key);
CREATE INDEX sale_by_member ON sale (group_id, member_id, occurred_ms DESC, sale_id DESC)
    WHERE member_id IS NOT NULL;

CREATE TABLE sale_return (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    return_id      TEXT COLLATE "C" NOT NULL,
    shop_id        TEXT COLLATE "C" NOT NULL,
    business_key   TEXT COLLATE "C" NOT NULL,
    input_hash     BYTEA  NOT NULL,
    sale_id        TEXT COLLATE "C" NOT NULL,
    terminal_id    TEXT COLLATE "C",
    operator       TEXT COLLATE "C" NOT NULL,
    member_id      TEXT COLLATE "C",
    occurred_ms    BIGINT NOT NULL,
    recorded_ms    BIGINT NOT NULL,
    total_minor    BIGINT NOT NULL,
    points         BIGINT NOT NULL CHECK (points >= 0),
    points_owed    BIGINT NOT NULL CHECK (points_owed BETWEEN 0 AND points),
    transaction_id TEXT COLLATE "C",
    balance_after  BIGINT,
    PRIMARY KEY (group_id, return_id),
    FOREIGN KEY (group_id, sale_id) REFERENCES sale,
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE UNIQUE INDEX sale_return_by_business_key ON sale_return (group_id, shop_id, business_key);
CREATE INDEX sale_return_by_sale ON sale_return (group_id, sale_id);
CREATE INDEX sale_return_by_member ON sale_return (group_id, member_id, occurred_ms DESC, return_id DESC)
    WHERE member_id IS NOT NULL;

CREATE TABLE reservation (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    reservation_id TEXT COLLATE "C" NOT NULL,
    input_hash     BYTEA  NOT NULL,
    quote_id       TEXT COLLATE "C" NOT NULL,
    total_minor    BIGINT NOT NULL,
    points         BIGINT NOT NULL CHECK (points >= 0),
    expires_ms     BIGINT NOT NULL,
    sale_id        TEXT COLLATE "C",
    PRIMARY KEY (group_id, reservation_id)
);

-- The line store: what was bought, under a random subject. Names no member, no sale, no shop, no time, refers to
-- nothing outside itself, and is sorted by a keyed hash, so that row order tells nothing either.

CREATE TABLE line_store_line (
    group_id          TEXT COLLATE "C" NOT NULL,
    line_key          BYTEA  NOT NULL,
    line_no           BIGINT NOT NULL,
    subject_id        BYTEA  NOT NULL,
    code              TEXT COLLATE "C" NOT NULL,
    article_id        TEXT COLLATE "C",
    article_class     TEXT COLLATE "C" NOT NULL,
    quantity          BIGINT NOT NULL CHECK (quantity > 0),
    amount_minor      BIGINT NOT NULL,
    points            BIGINT NOT NULL CHECK (points >= 0),
    returned_quantity BIGINT NOT NULL DEFAULT 0 CHECK (returned_quantity BETWEEN 0 AND quantity),
    PRIMARY KEY (group_id, line_key, line_no)
);
CREATE INDEX line_store_line_by_subject ON line_store_line (group_id, subject_id);

CREATE TABLE line_store_return (
    group_id         TEXT COLLATE "C" NOT NULL,
    line_key         BYTEA  NOT NULL,
    line_no          BIGINT NOT NULL,
    already_returned BIGINT NOT NULL CHECK (already_returned >= 0),
    quantity         BIGINT NOT NULL CHECK (quantity > 0),
    points           BIGINT NOT NULL CHECK (points >= 0),
    amount_minor     BIGINT NOT NULL,
    PRIMARY KEY (group_id, line_key, line_no, already_returned),
    FOREIGN KEY (group_id, line_key, line_no) REFERENCES line_store_line
);

CREATE TABLE read_log (
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    entry_no  BIGINT NOT NULL CHECK (entry_no >= 1),
    at_ms     BIGINT NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    actor     TEXT COLLATE "C" NOT NULL,
    purpose   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, entry_no)
);
CREATE INDEX read_log_by_member ON read_log (group_id, member_id, entry_no);

-- The ledger -----------------------------------------------------------------------------------------------

CREATE TABLE account (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    account  TEXT COLLATE "C" NOT NULL,
    asset    TEXT COLLATE "C" NOT NULL,
    balance  BIGINT NOT NULL DEFAULT 0,
    floor    BIGINT,
    ceiling  BIGINT,
    PRIMARY KEY (group_id, account, asset),
    CHECK (floor IS NULL OR balance >= floor),
    CHECK (ceiling IS NULL OR balance <= ceiling)
);

CREATE TABLE ledger_transaction (
    group_id        TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    journal_seq     BIGINT NOT NULL CHECK (journal_seq >= 1),
    transaction_id  TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    occurred_ms     BIGINT NOT NULL,
    recorded_ms     BIGINT NOT NULL,
    cause_id        TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    terminal_id     TEXT COLLATE "C",
    ruleset_version BIGINT NOT NULL,
    row_hash        BYTEA  NOT NULL CHECK (length(row_hash) = 32),
    PRIMARY KEY (group_id, journal_seq)
);
CREATE UNIQUE INDEX ledger_transaction_by_id ON ledger_transaction (group_id, transaction_id);

CREATE TABLE posting (
    group_id    TEXT COLLATE "C" NOT NULL,
    journal_seq BIGINT NOT NULL,
    posting_no  BIGINT NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    target      TEXT COLLATE "C" NOT NULL CHECK (target <> source),
    asset       TEXT COLLATE "C" NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, journal_seq, posting_no),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, source, asset) REFERENCES account,
    FOREIGN KEY (group_id, target, asset) REFERENCES account
);

CREATE TABLE lot (
    group_id    TEXT COLLATE "C" NOT NULL,
    lot_id      TEXT COLLATE "C" NOT NULL,
    journal_seq BIGINT NOT NULL,
    lot_no      BIGINT NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    asset       TEXT COLLATE "C" NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    remaining   BIGINT NOT NULL CHECK (remaining BETWEEN 0 AND amount),
    expires_ms  BIGINT,
    source_id   TEXT COLLATE "C" NOT NULL,
    funder      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, lot_id),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, account, asset) REFERENCES account
);
CREATE UNIQUE INDEX lot_by_transaction ON lot (group_id, journal_seq, lot_no);
CREATE INDEX lot_open ON lot (group_id, account, asset, expires_ms) WHERE remaining > 0;

CREATE TABLE allocation (
    group_id      TEXT COLLATE "C" NOT NULL,
    journal_seq   BIGINT NOT NULL,
    allocation_no BIGINT NOT NULL,
    lot_id        TEXT COLLATE "C" NOT NULL,
    amount        BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, journal_seq, allocation_no),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
);
CREATE INDEX allocation_by_lot ON allocation (group_id, lot_id);

-- Events ---------------------------------------------------------------------------------------------------

CREATE TABLE event (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    seq      BIGINT NOT NULL CHECK (seq >= 1),
    kind     TEXT COLLATE "C" NOT NULL,
    at_ms    BIGINT NOT NULL,
    body     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, seq)
);

-- History is never edited: it is corrected by adding. ------------------------------------------------------

CREATE TRIGGER event_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_transaction_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocation_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER price_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON price
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER article_version_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON article_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER programme_version_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON programme_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER read_log_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON read_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
