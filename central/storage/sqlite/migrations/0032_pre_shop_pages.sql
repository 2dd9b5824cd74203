-- What a shop tells beside its address: days with other hours, services, events, each a JSON document put whole.
CREATE TABLE shop_page (
    group_id   TEXT    NOT NULL,
    shop_id    TEXT    NOT NULL,
    part       TEXT    NOT NULL CHECK (part IN ('days', 'services', 'events')),
    body       TEXT    NOT NULL,
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, shop_id, part),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
) STRICT, WITHOUT ROWID;

-- What members write to a pharmacy: sealed under the member's key, gone with the member.
CREATE TABLE shop_message (
    group_id   TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    input_hash BLOB    NOT NULL,
    shop_id    TEXT    NOT NULL,
    member_id  TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    token_id   TEXT    NOT NULL,
    made_ms    INTEGER NOT NULL,
    done_ms    INTEGER,
    done_by    TEXT,
    PRIMARY KEY (group_id, message_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((done_ms IS NULL) = (done_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX shop_message_open ON shop_message (group_id, shop_id, made_ms, message_id) WHERE done_ms IS NULL;
CREATE INDEX shop_message_by_member ON shop_message (group_id, member_id, made_ms, message_id);

-- Codes sent to members, who type them to prove an address or to confirm a block. `sealed`: the new address.
CREATE TABLE member_code (
    group_id    TEXT    NOT NULL,
    code_id     TEXT    NOT NULL,
    purpose     TEXT    NOT NULL CHECK (purpose IN ('email', 'phone', 'block')),
    input_hash  BLOB    NOT NULL,
    member_id   TEXT    NOT NULL,
    card_number TEXT,
    code_hash   BLOB    NOT NULL,
    sealed      BLOB,
    token_id    TEXT    NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    made_ms     INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    ended_ms    INTEGER,
    is_right    INTEGER NOT NULL DEFAULT 0 CHECK (is_right IN (0, 1)),
    PRIMARY KEY (group_id, code_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((card_number IS NOT NULL) = (purpose = 'block')),
    CHECK (is_right = 0 OR ended_ms IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_code_by_member ON member_code (group_id, member_id, made_ms, code_id);
CREATE INDEX member_code_due ON member_code (group_id, expires_ms, code_id) WHERE ended_ms IS NULL;
