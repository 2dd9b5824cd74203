-- Stored value: gift cards and batches of them, acts on stored value, what tickets were paid with.
-- A card's number is nowhere, only its keyed hash.
CREATE TABLE gift_batch (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    batch_id     TEXT COLLATE "C" NOT NULL,
    input_hash   BYTEA    NOT NULL,
    cards        BIGINT NOT NULL CHECK (cards >= 1),
    amount_minor BIGINT CHECK (amount_minor > 0),
    purpose      TEXT COLLATE "C" NOT NULL,
    funder       TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL CHECK (state IN ('made', 'handed_out', 'activating', 'active')),
    handout_id   TEXT COLLATE "C",
    activation_id TEXT COLLATE "C",
    expires_ms   BIGINT,
    made_by      TEXT COLLATE "C" NOT NULL,
    made_ms      BIGINT NOT NULL,
    handed_out_ms BIGINT,
    activated_ms BIGINT,
    PRIMARY KEY (group_id, batch_id)
);
CREATE INDEX gift_batch_by_time ON gift_batch (group_id, made_ms, batch_id);

CREATE TABLE gift_card (
    group_id      TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    gift_card_id  TEXT COLLATE "C" NOT NULL,
    code_hash     BYTEA    NOT NULL,
    number_end    TEXT COLLATE "C" NOT NULL,
    state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('made', 'active', 'blocked', 'replaced', 'converted')),
    batch_id      TEXT COLLATE "C",
    place         BIGINT NOT NULL DEFAULT 0,
    made_ms       BIGINT NOT NULL,
    activation_id TEXT COLLATE "C",
    shop_id       TEXT COLLATE "C",
    amount_minor  BIGINT,
    expires_ms    BIGINT,
    reason        TEXT COLLATE "C" NOT NULL DEFAULT '',
    replaced_by   TEXT COLLATE "C",
    member_id     TEXT COLLATE "C",
    PRIMARY KEY (group_id, gift_card_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE UNIQUE INDEX gift_card_by_code ON gift_card (group_id, code_hash);
CREATE INDEX gift_card_by_batch ON gift_card (group_id, batch_id, place) WHERE batch_id IS NOT NULL;

-- What was done with stored value, once for each id: loads, activations, draws, moves.
CREATE TABLE value_act (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    act_id         TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    input_hash     BYTEA    NOT NULL,
    shop_id        TEXT COLLATE "C",
    member_id      TEXT COLLATE "C",
    gift_card_id   TEXT COLLATE "C",
    asset          TEXT COLLATE "C" NOT NULL,
    amount         BIGINT NOT NULL CHECK (amount >= 0),
    paid_minor     BIGINT NOT NULL CHECK (paid_minor >= 0),
    tender         TEXT COLLATE "C" NOT NULL,
    funder         TEXT COLLATE "C" NOT NULL,
    operator       TEXT COLLATE "C" NOT NULL,
    actor          TEXT COLLATE "C" NOT NULL,
    reason         TEXT COLLATE "C" NOT NULL,
    recorded_ms    BIGINT NOT NULL,
    expires_ms     BIGINT,
    transaction_id TEXT COLLATE "C",
    balance_after  BIGINT,
    PRIMARY KEY (group_id, act_id)
);
CREATE INDEX value_act_by_time ON value_act (group_id, recorded_ms, act_id);

CREATE TABLE sale_tender (
    group_id       TEXT COLLATE "C" NOT NULL,
    sale_id        TEXT COLLATE "C" NOT NULL,
    tender_no      BIGINT NOT NULL CHECK (tender_no >= 1),
    kind           TEXT COLLATE "C" NOT NULL,
    account        TEXT COLLATE "C" NOT NULL,
    asset          TEXT COLLATE "C" NOT NULL,
    gift_card_id   TEXT COLLATE "C",
    number_end     TEXT COLLATE "C" NOT NULL,
    amount_minor   BIGINT NOT NULL CHECK (amount_minor > 0),
    returned_minor BIGINT NOT NULL DEFAULT 0 CHECK (returned_minor BETWEEN 0 AND amount_minor),
    balance_after  BIGINT NOT NULL,
    PRIMARY KEY (group_id, sale_id, tender_no)
);

CREATE TABLE return_tender (
    group_id     TEXT COLLATE "C" NOT NULL,
    return_id    TEXT COLLATE "C" NOT NULL,
    tender_no    BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    account      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, return_id, tender_no)
);

-- Which part of which line each tender paid (0: points), under the same key as the lines.
CREATE TABLE line_store_tender (
    group_id       TEXT COLLATE "C" NOT NULL,
    line_key       BYTEA    NOT NULL,
    line_no        BIGINT NOT NULL,
    tender_no      BIGINT NOT NULL,
    amount_minor   BIGINT NOT NULL CHECK (amount_minor > 0),
    returned_minor BIGINT NOT NULL DEFAULT 0 CHECK (returned_minor BETWEEN 0 AND amount_minor),
    PRIMARY KEY (group_id, line_key, line_no, tender_no)
);

CREATE TRIGGER value_act_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON value_act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_tender_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON return_tender
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
