-- What a shop tells beside its address: days with other hours, services, events, each a JSON document put whole.
CREATE TABLE shop_page (
    group_id   TEXT COLLATE "C" NOT NULL,
    shop_id    TEXT COLLATE "C" NOT NULL,
    part       TEXT COLLATE "C" NOT NULL CHECK (part IN ('days', 'services', 'events')),
    body       TEXT COLLATE "C" NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (group_id, shop_id, part),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
);

-- What members write to a pharmacy: sealed under the member's key, gone with the member.
CREATE TABLE shop_message (
    group_id   TEXT COLLATE "C" NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    input_hash BYTEA   NOT NULL,
    shop_id    TEXT COLLATE "C" NOT NULL,
    member_id  TEXT COLLATE "C" NOT NULL,
    topic      TEXT COLLATE "C" NOT NULL,
    sealed     BYTEA   NOT NULL,
    token_id   TEXT COLLATE "C" NOT NULL,
    made_ms    BIGINT NOT NULL,
    done_ms    BIGINT,
    done_by    TEXT COLLATE "C",
    PRIMARY KEY (group_id, message_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((done_ms IS NULL) = (done_by IS NULL))
);
CREATE INDEX shop_message_open ON shop_message (group_id, shop_id, made_ms, message_id) WHERE done_ms IS NULL;
CREATE INDEX shop_message_by_member ON shop_message (group_id, member_id, made_ms, message_id);

-- Codes sent to members, who type them to prove an address or to confirm a block. `sealed`: the new address.
CREATE TABLE member_code (
    group_id    TEXT COLLATE "C" NOT NULL,
    code_id     TEXT COLLATE "C" NOT NULL,
    purpose     TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('email', 'phone', 'block')),
    input_hash  BYTEA   NOT NULL,
    member_id   TEXT COLLATE "C" NOT NULL,
    card_number TEXT COLLATE "C",
    code_hash   BYTEA   NOT NULL,
    sealed      BYTEA,
    token_id    TEXT COLLATE "C" NOT NULL,
    tries       BIGINT NOT NULL DEFAULT 0,
    made_ms     BIGINT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    ended_ms    BIGINT,
    is_right    BIGINT NOT NULL DEFAULT 0 CHECK (is_right IN (0, 1)),
    PRIMARY KEY (group_id, code_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((card_number IS NOT NULL) = (purpose = 'block')),
    CHECK (is_right = 0 OR ended_ms IS NOT NULL)
);
CREATE INDEX member_code_by_member ON member_code (group_id, member_id, made_ms, code_id);
CREATE INDEX member_code_due ON member_code (group_id, expires_ms, code_id) WHERE ended_ms IS NULL;
