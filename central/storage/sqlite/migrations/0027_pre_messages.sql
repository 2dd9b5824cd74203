-- Messages to members, kept until they left: who it goes to is looked up when it leaves, what it says is sealed
-- under the member's key. `next_try_ms`: when it is to be tried; NULL once it left, failed or was dropped.
CREATE TABLE message (
    group_id    TEXT    NOT NULL,
    message_id  TEXT    NOT NULL,
    input_hash  BLOB    NOT NULL,
    member_id   TEXT    NOT NULL,
    channel     TEXT    NOT NULL CHECK (channel IN ('email', 'sms')),
    sealed      BLOB    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
    reason      TEXT    NOT NULL DEFAULT '',
    tries       INTEGER NOT NULL DEFAULT 0,
    next_try_ms INTEGER,
    made_ms     INTEGER NOT NULL,
    ended_ms    INTEGER,
    actor       TEXT    NOT NULL,
    shop_id     TEXT,
    PRIMARY KEY (group_id, message_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((next_try_ms IS NULL) = (state <> 'waiting')),
    CHECK ((ended_ms IS NULL) = (state = 'waiting'))
) STRICT, WITHOUT ROWID;
CREATE INDEX message_due ON message (group_id, next_try_ms, message_id) WHERE next_try_ms IS NOT NULL;
CREATE INDEX message_by_member ON message (group_id, member_id, made_ms, message_id);
CREATE INDEX message_by_state ON message (group_id, state, made_ms, message_id);
