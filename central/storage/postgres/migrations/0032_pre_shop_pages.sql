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

-- What members ask of a pharmacy, by topic; gone with the member.
CREATE TABLE shop_message (
    group_id   TEXT COLLATE "C" NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    input_hash BYTEA   NOT NULL,
    shop_id    TEXT COLLATE "C" NOT NULL,
    member_id  TEXT COLLATE "C" NOT NULL,
    topic      TEXT COLLATE "C" NOT NULL,
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
