-- Stored value: gift cards and batches of them, acts on stored value, what tickets were paid with.
-- A card's number is nowhere, only its keyed hash.
CREATE TABLE gift_batch (
    group_id     TEXT    NOT NULL REFERENCES pharmacy_group,
    batch_id     TEXT    NOT NULL,
    input_hash   BLOB    NOT NULL,
    cards        INTEGER NOT NULL CHECK (cards >= 1),
    amount_minor INTEGER CHECK (amount_minor > 0),
    purpose      TEXT    NOT NULL,
    funder       TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('made', 'handed_out', 'activating', 'active')),
    handout_id   TEXT,
    activation_id TEXT,
    expires_ms   INTEGER,
    made_by      TEXT    NOT NULL,
    made_ms      INTEGER NOT NULL,
    handed_out_ms INTEGER,
    activated_ms INTEGER,
    PRIMARY KEY (group_id, batch_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX gift_batch_by_time ON gift_batch (group_id, made_ms, batch_id);

CREATE TABLE gift_card (
    group_id      TEXT    NOT NULL REFERENCES pharmacy_group,
    gift_card_id  TEXT    NOT NULL,
    code_hash     BLOB    NOT NULL,
    number_end    TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('made', 'active', 'blocked', 'replaced', 'converted')),
    batch_id      TEXT,
    place         INTEGER NOT NULL DEFAULT 0,
    made_ms       INTEGER NOT NULL,
    activation_id TEXT,
    shop_id       TEXT,
    amount_minor  INTEGER,
    expires_ms    INTEGER,
    reason        TEXT    NOT NULL DEFAULT '',
    replaced_by   TEXT,
    member_id     TEXT,
    PRIMARY KEY (group_id, gift_card_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX gift_card_by_code ON gift_card (group_id, code_hash);
CREATE INDEX gift_card_by_batch ON gift_card (group_id, batch_id, place) WHERE batch_id IS NOT NULL;

-- What was done with stored value, once for each id: loads, activations, draws, moves.
CREATE TABLE value_act (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    act_id         TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    input_hash     BLOB    NOT NULL,
    shop_id        TEXT,
    member_id      TEXT,
    gift_card_id   TEXT,
    asset          TEXT    NOT NULL,
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    paid_minor     INTEGER NOT NULL CHECK (paid_minor >= 0),
    tender         TEXT    NOT NULL,
    funder         TEXT    NOT NULL,
    operator       TEXT    NOT NULL,
    actor          TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    recorded_ms    INTEGER NOT NULL,
    expires_ms     INTEGER,
    transaction_id TEXT,
    balance_after  INTEGER,
    PRIMARY KEY (group_id, act_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX value_act_by_time ON value_act (group_id, recorded_ms, act_id);

CREATE TABLE sale_tender (
    group_id       TEXT    NOT NULL,
    sale_id        TEXT    NOT NULL,
    tender_no      INTEGER NOT NULL CHECK (tender_no >= 1),
    kind           TEXT    NOT NULL,
    account        TEXT    NOT NULL,
    asset          TEXT    NOT NULL,
    gift_card_id   TEXT,
    number_end     TEXT    NOT NULL,
    amount_minor   INTEGER NOT NULL CHECK (amount_minor > 0),
    returned_minor INTEGER NOT NULL DEFAULT 0 CHECK (returned_minor BETWEEN 0 AND amount_minor),
    balance_after  INTEGER NOT NULL,
    PRIMARY KEY (group_id, sale_id, tender_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_tender (
    group_id     TEXT    NOT NULL,
    return_id    TEXT    NOT NULL,
    tender_no    INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    account      TEXT    NOT NULL,
    PRIMARY KEY (group_id, return_id, tender_no)
) STRICT, WITHOUT ROWID;

-- Which part of which line each tender paid (0: points), under the same key as the lines.
CREATE TABLE line_store_tender (
    group_id       TEXT    NOT NULL,
    line_key       BLOB    NOT NULL,
    line_no        INTEGER NOT NULL,
    tender_no      INTEGER NOT NULL,
    amount_minor   INTEGER NOT NULL CHECK (amount_minor > 0),
    returned_minor INTEGER NOT NULL DEFAULT 0 CHECK (returned_minor BETWEEN 0 AND amount_minor),
    PRIMARY KEY (group_id, line_key, line_no, tender_no)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER value_act_refuses_update BEFORE UPDATE ON value_act
BEGIN SELECT RAISE(ABORT, 'value_act is append-only'); END;
CREATE TRIGGER value_act_refuses_delete BEFORE DELETE ON value_act
BEGIN SELECT RAISE(ABORT, 'value_act is append-only'); END;
CREATE TRIGGER return_tender_refuses_update BEFORE UPDATE ON return_tender
BEGIN SELECT RAISE(ABORT, 'return_tender is append-only'); END;
CREATE TRIGGER return_tender_refuses_delete BEFORE DELETE ON return_tender
BEGIN SELECT RAISE(ABORT, 'return_tender is append-only'); END;
