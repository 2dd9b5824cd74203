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

-- What members ask of a pharmacy, by topic; gone with the member.
CREATE TABLE shop_message (
    group_id   TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    input_hash BLOB    NOT NULL,
    shop_id    TEXT    NOT NULL,
    member_id  TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
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
