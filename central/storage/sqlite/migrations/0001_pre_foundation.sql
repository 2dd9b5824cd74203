-- The first schema. Every key starts with group_id: a group is the unit of sharding, backup, export and deletion.
-- Times are UTC milliseconds, value is integer minor units. STRICT and CHECKs are the last guard, not the first.

-- Groups ---------------------------------------------------------------------------------------------------

CREATE TABLE pharmacy_group (
    group_id        TEXT    NOT NULL PRIMARY KEY CHECK (group_id <> ''),
    name            TEXT    NOT NULL,
    country         TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    settings        TEXT    NOT NULL,
    programme       TEXT    NOT NULL,
    ruleset_version INTEGER NOT NULL CHECK (ruleset_version >= 0),
    created_ms      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per group that every event and every ledger transaction takes its number from: number order is
-- commit order, and no number is ever missing.
CREATE TABLE group_head (
    group_id     TEXT    NOT NULL PRIMARY KEY REFERENCES pharmacy_group,
    event_seq    INTEGER NOT NULL DEFAULT 0 CHECK (event_seq >= 0),
    journal_seq  INTEGER NOT NULL DEFAULT 0 CHECK (journal_seq >= 0),
    journal_hash BLOB    NOT NULL CHECK (length(journal_hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE programme_version (
    group_id        TEXT    NOT NULL REFERENCES pharmacy_group,
    ruleset_version INTEGER NOT NULL,
    programme       TEXT    NOT NULL,
    actor           TEXT    NOT NULL,
    recorded_ms     INTEGER NOT NULL,
    PRIMARY KEY (group_id, ruleset_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    group_id    TEXT    NOT NULL REFERENCES pharmacy_group,
    token_id    TEXT    NOT NULL,
    token_hash  BLOB    NOT NULL CHECK (length(token_hash) = 32),
    label       TEXT    NOT NULL,
    permissions TEXT    NOT NULL,
    shop_id     TEXT,
    terminal_id TEXT,
    created_ms  INTEGER NOT NULL,
    revoked_ms  INTEGER,
    PRIMARY KEY (group_id, token_id)
) STRICT, WITHOUT ROWID;
-- A caller shows a token before anybody knows its group.
CREATE UNIQUE INDEX token_by_hash ON token (token_hash);

CREATE TABLE shop (
    group_id      TEXT NOT NULL REFERENCES pharmacy_group,
    shop_id       TEXT NOT NULL,
    name          TEXT NOT NULL,
    country       TEXT NOT NULL,
    time_zone     TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    street        TEXT NOT NULL,
    postcode      TEXT NOT NULL,
    city          TEXT NOT NULL,
    phone         TEXT NOT NULL,
    opening_hours TEXT NOT NULL,
    website       TEXT NOT NULL,
    latitude_e7   INTEGER,
    longitude_e7  INTEGER,
    PRIMARY KEY (group_id, shop_id)
) STRICT, WITHOUT ROWID;

-- Articles -------------------------------------------------------------------------------------------------

CREATE TABLE article (
    group_id      TEXT    NOT NULL REFERENCES pharmacy_group,
    article_id    TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    article_class TEXT    NOT NULL,
    codes         TEXT    NOT NULL,
    brand         TEXT    NOT NULL,
    range         TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    version       INTEGER NOT NULL CHECK (version >= 1),
    recorded_ms   INTEGER NOT NULL,
    PRIMARY KEY (group_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_version (
    group_id      TEXT    NOT NULL,
    article_id    TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    article_class TEXT    NOT NULL,
    codes         TEXT    NOT NULL,
    brand         TEXT    NOT NULL,
    range         TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    recorded_ms   INTEGER NOT NULL,
    PRIMARY KEY (group_id, article_id, version),
    FOREIGN KEY (group_id, article_id) REFERENCES article
) STRICT, WITHOUT ROWID;

CREATE TABLE article_code (
    group_id   TEXT NOT NULL,
    code       TEXT NOT NULL CHECK (code <> ''),
    article_id TEXT NOT NULL,
    PRIMARY KEY (group_id, code),
    FOREIGN KEY (group_id, article_id) REFERENCES article
) STRICT, WITHOUT ROWID;
CREATE INDEX article_code_by_article ON article_code (group_id, article_id);

-- The price at a moment: the latest valid_from_ms at or before it, then the latest entry (a correction).
CREATE TABLE price (
    group_id      TEXT    NOT NULL,
    article_id    TEXT    NOT NULL,
    valid_from_ms INTEGER NOT NULL,
    entry_no      INTEGER NOT NULL CHECK (entry_no >= 1),
    price_minor   INTEGER NOT NULL CHECK (price_minor >= 0),
    recorded_ms   INTEGER NOT NULL,
    PRIMARY KEY (group_id, article_id, valid_from_ms, entry_no),
    FOREIGN KEY (group_id, article_id) REFERENCES article
) STRICT, WITHOUT ROWID;

-- Members and cards ----------------------------------------------------------------------------------------

CREATE TABLE member (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    member_id      TEXT    NOT NULL,
    key_wrapped    BLOB,
    person_sealed  BLOB,
    subject_sealed BLOB,
    language       TEXT    NOT NULL,
    home_shop_id   TEXT,
    enrolled_ms    INTEGER NOT NULL,
    email_hash     BLOB,
    phone_hash     BLOB,
    input_hash     BLOB    NOT NULL,
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, home_shop_id) REFERENCES shop
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_email ON member (group_id, email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX member_by_phone ON member (group_id, phone_hash) WHERE phone_hash IS NOT NULL;

-- issued_hash: what the card was issued with, so that a repeated issue is known even after later moves.
CREATE TABLE card (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    card_number    TEXT    NOT NULL CHECK (card_number <> ''),
    uid            TEXT    NOT NULL,
    member_id      TEXT,
    state          TEXT    NOT NULL
        CHECK (state IN ('stock', 'to_validate', 'active', 'blocked', 'replaced', 'expired')),
    reason         TEXT    NOT NULL,
    replaced_by    TEXT,
    valid_until_ms INTEGER,
    issued_ms      INTEGER NOT NULL,
    issued_hash    BLOB    NOT NULL,
    moves          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, card_number),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX card_by_uid ON card (group_id, uid) WHERE uid <> '';
CREATE INDEX card_by_member ON card (group_id, member_id) WHERE member_id IS NOT NULL;

CREATE TABLE card_move (
    group_id    TEXT    NOT NULL,
    card_number TEXT    NOT NULL,
    move_no     INTEGER NOT NULL CHECK (move_no >= 1),
    to_state    TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    at_ms       INTEGER NOT NULL,
    PRIMARY KEY (group_id, card_number, move_no),
    FOREIGN KEY (group_id, card_number) REFERENCES card
) STRICT, WITHOUT ROWID;

-- Sales: totals only. What was bought lies in the line store below, and no column here leads there: the join is
-- an HMAC under the member's own key.

CREATE TABLE sale (
    group_id        TEXT    NOT NULL REFERENCES pharmacy_group,
    sale_id         TEXT    NOT NULL,
    shop_id         TEXT    NOT NULL,
    business_key    TEXT    NOT NULL,
    input_hash      BLOB    NOT NULL,
    terminal_id     TEXT,
    operator        TEXT    NOT NULL,
    member_id       TEXT,
    occurred_ms     INTEGER NOT NULL,
    recorded_ms     INTEGER NOT NULL,
    currency        TEXT    NOT NULL,
    total_minor     INTEGER NOT NULL,
    points          INTEGER NOT NULL CHECK (points >= 0),
    ruleset_version INTEGER NOT NULL,
    facts           TEXT    NOT NULL,
    warnings        TEXT    NOT NULL,
    transaction_id  TEXT,
    balance_after   INTEGER,
    reservation_id  TEXT,
    PRIMARY KEY (group_id, sale_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sale_by_business_key ON sale (group_id, shop_id, business_key);
CREATE INDEX sale_by_member ON sale (group_id, member_id, occurred_ms DESC, sale_id DESC)
    WHERE member_id IS NOT NULL;

CREATE TABLE sale_return (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    return_id      TEXT    NOT NULL,
    shop_id        TEXT    NOT NULL,
    business_key   TEXT    NOT NULL,
    input_hash     BLOB    NOT NULL,
    sale_id        TEXT    NOT NULL,
    terminal_id    TEXT,
    operator       TEXT    NOT NULL,
    member_id      TEXT,
    occurred_ms    INTEGER NOT NULL,
    recorded_ms    INTEGER NOT NULL,
    total_minor    INTEGER NOT NULL,
    points         INTEGER NOT NULL CHECK (points >= 0),
    points_owed    INTEGER NOT NULL CHECK (points_owed BETWEEN 0 AND points),
    transaction_id TEXT,
    balance_after  INTEGER,
    PRIMARY KEY (group_id, return_id),
    FOREIGN KEY (group_id, sale_id) REFERENCES sale,
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sale_return_by_business_key ON sale_return (group_id, shop_id, business_key);
CREATE INDEX sale_return_by_sale ON sale_return (group_id, sale_id);
CREATE INDEX sale_return_by_member ON sale_return (group_id, member_id, occurred_ms DESC, return_id DESC)
    WHERE member_id IS NOT NULL;

CREATE TABLE reservation (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    reservation_id TEXT    NOT NULL,
    input_hash     BLOB    NOT NULL,
    quote_id       TEXT    NOT NULL,
    total_minor    INTEGER NOT NULL,
    points         INTEGER NOT NULL CHECK (points >= 0),
    expires_ms     INTEGER NOT NULL,
    sale_id        TEXT,
    PRIMARY KEY (group_id, reservation_id)
) STRICT, WITHOUT ROWID;

-- The line store: what was bought, under a random subject. Names no member, no sale, no shop, no time, refers to
-- nothing outside itself, and is sorted by a keyed hash, so that row order tells nothing either.

CREATE TABLE line_store_line (
    group_id          TEXT    NOT NULL,
    line_key          BLOB    NOT NULL,
    line_no           INTEGER NOT NULL,
    subject_id        BLOB    NOT NULL,
    code              TEXT    NOT NULL,
    article_id        TEXT,
    article_class     TEXT    NOT NULL,
    quantity          INTEGER NOT NULL CHECK (quantity > 0),
    amount_minor      INTEGER NOT NULL,
    points            INTEGER NOT NULL CHECK (points >= 0),
    returned_quantity INTEGER NOT NULL DEFAULT 0 CHECK (returned_quantity BETWEEN 0 AND quantity),
    PRIMARY KEY (group_id, line_key, line_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX line_store_line_by_subject ON line_store_line (group_id, subject_id);

CREATE TABLE line_store_return (
    group_id         TEXT    NOT NULL,
    line_key         BLOB    NOT NULL,
    line_no          INTEGER NOT NULL,
    already_returned INTEGER NOT NULL CHECK (already_returned >= 0),
    quantity         INTEGER NOT NULL CHECK (quantity > 0),
    points           INTEGER NOT NULL CHECK (points >= 0),
    amount_minor     INTEGER NOT NULL,
    PRIMARY KEY (group_id, line_key, line_no, already_returned),
    FOREIGN KEY (group_id, line_key, line_no) REFERENCES line_store_line
) STRICT, WITHOUT ROWID;

CREATE TABLE read_log (
    group_id  TEXT    NOT NULL REFERENCES pharmacy_group,
    entry_no  INTEGER NOT NULL CHECK (entry_no >= 1),
    at_ms     INTEGER NOT NULL,
    member_id TEXT    NOT NULL,
    actor     TEXT    NOT NULL,
    purpose   TEXT    NOT NULL,
    PRIMARY KEY (group_id, entry_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX read_log_by_member ON read_log (group_id, member_id, entry_no);

-- The ledger -----------------------------------------------------------------------------------------------

CREATE TABLE account (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    account  TEXT    NOT NULL,
    asset    TEXT    NOT NULL,
    balance  INTEGER NOT NULL DEFAULT 0,
    floor    INTEGER,
    ceiling  INTEGER,
    PRIMARY KEY (group_id, account, asset),
    CHECK (floor IS NULL OR balance >= floor),
    CHECK (ceiling IS NULL OR balance <= ceiling)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_transaction (
    group_id        TEXT    NOT NULL REFERENCES pharmacy_group,
    journal_seq     INTEGER NOT NULL CHECK (journal_seq >= 1),
    transaction_id  TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    occurred_ms     INTEGER NOT NULL,
    recorded_ms     INTEGER NOT NULL,
    cause_id        TEXT    NOT NULL,
    actor           TEXT    NOT NULL,
    terminal_id     TEXT,
    ruleset_version INTEGER NOT NULL,
    row_hash        BLOB    NOT NULL CHECK (length(row_hash) = 32),
    PRIMARY KEY (group_id, journal_seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_transaction_by_id ON ledger_transaction (group_id, transaction_id);

CREATE TABLE posting (
    group_id    TEXT    NOT NULL,
    journal_seq INTEGER NOT NULL,
    posting_no  INTEGER NOT NULL,
    source      TEXT    NOT NULL,
    target      TEXT    NOT NULL CHECK (target <> source),
    asset       TEXT    NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, journal_seq, posting_no),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, source, asset) REFERENCES account,
    FOREIGN KEY (group_id, target, asset) REFERENCES account
) STRICT, WITHOUT ROWID;

CREATE TABLE lot (
    group_id    TEXT    NOT NULL,
    lot_id      TEXT    NOT NULL,
    journal_seq INTEGER NOT NULL,
    lot_no      INTEGER NOT NULL,
    account     TEXT    NOT NULL,
    asset       TEXT    NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    remaining   INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND amount),
    expires_ms  INTEGER,
    source_id   TEXT    NOT NULL,
    funder      TEXT    NOT NULL,
    PRIMARY KEY (group_id, lot_id),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, account, asset) REFERENCES account
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lot_by_transaction ON lot (group_id, journal_seq, lot_no);
CREATE INDEX lot_open ON lot (group_id, account, asset, expires_ms) WHERE remaining > 0;

CREATE TABLE allocation (
    group_id      TEXT    NOT NULL,
    journal_seq   INTEGER NOT NULL,
    allocation_no INTEGER NOT NULL,
    lot_id        TEXT    NOT NULL,
    amount        INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, journal_seq, allocation_no),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
) STRICT, WITHOUT ROWID;
CREATE INDEX allocation_by_lot ON allocation (group_id, lot_id);

-- Events ---------------------------------------------------------------------------------------------------

CREATE TABLE event (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    kind     TEXT    NOT NULL,
    at_ms    INTEGER NOT NULL,
    body     TEXT    NOT NULL,
    PRIMARY KEY (group_id, seq)
) STRICT, WITHOUT ROWID;

-- History is never edited: it is corrected by adding. ------------------------------------------------------

CREATE TRIGGER event_refuses_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER ledger_transaction_refuses_update BEFORE UPDATE ON ledger_transaction
BEGIN SELECT RAISE(ABORT, 'ledger_transaction is append-only'); END;
CREATE TRIGGER ledger_transaction_refuses_delete BEFORE DELETE ON ledger_transaction
BEGIN SELECT RAISE(ABORT, 'ledger_transaction is append-only'); END;
CREATE TRIGGER posting_refuses_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
CREATE TRIGGER posting_refuses_delete BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
CREATE TRIGGER allocation_refuses_update BEFORE UPDATE ON allocation
BEGIN SELECT RAISE(ABORT, 'allocation is append-only'); END;
CREATE TRIGGER allocation_refuses_delete BEFORE DELETE ON allocation
BEGIN SELECT RAISE(ABORT, 'allocation is append-only'); END;
CREATE TRIGGER price_refuses_update BEFORE UPDATE ON price
BEGIN SELECT RAISE(ABORT, 'price is append-only'); END;
CREATE TRIGGER price_refuses_delete BEFORE DELETE ON price
BEGIN SELECT RAISE(ABORT, 'price is append-only'); END;
CREATE TRIGGER article_version_refuses_update BEFORE UPDATE ON article_version
BEGIN SELECT RAISE(ABORT, 'article_version is append-only'); END;
CREATE TRIGGER article_version_refuses_delete BEFORE DELETE ON article_version
BEGIN SELECT RAISE(ABORT, 'article_version is append-only'); END;
CREATE TRIGGER programme_version_refuses_update BEFORE UPDATE ON programme_version
BEGIN SELECT RAISE(ABORT, 'programme_version is append-only'); END;
CREATE TRIGGER programme_version_refuses_delete BEFORE DELETE ON programme_version
BEGIN SELECT RAISE(ABORT, 'programme_version is append-only'); END;
CREATE TRIGGER read_log_refuses_update BEFORE UPDATE ON read_log
BEGIN SELECT RAISE(ABORT, 'read_log is append-only'); END;
CREATE TRIGGER read_log_refuses_delete BEFORE DELETE ON read_log
BEGIN SELECT RAISE(ABORT, 'read_log is append-only'); END;
