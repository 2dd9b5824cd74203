-- Messages to members, kept until they left: who it goes to is looked up when it leaves, what it says is sealed
-- under the member's key. `next_try_ms`: when it is to be tried; NULL once it left, failed or was dropped.
CREATE TABLE message (
    group_id    TEXT COLLATE "C" NOT NULL,
    message_id  TEXT COLLATE "C" NOT NULL,
    input_hash  BYTEA   NOT NULL,
    member_id   TEXT COLLATE "C" NOT NULL,
    channel     TEXT COLLATE "C" NOT NULL CHECK (channel IN ('email', 'sms')),
    sealed      BYTEA   NOT NULL,
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
    reason      TEXT COLLATE "C" NOT NULL DEFAULT '',
    tries       BIGINT NOT NULL DEFAULT 0,
    next_try_ms BIGINT,
    made_ms     BIGINT NOT NULL,
    ended_ms    BIGINT,
    actor       TEXT COLLATE "C" NOT NULL,
    shop_id     TEXT COLLATE "C",
    PRIMARY KEY (group_id, message_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((next_try_ms IS NULL) = (state <> 'waiting')),
    CHECK ((ended_ms IS NULL) = (state = 'waiting'))
);
CREATE INDEX message_due ON message (group_id, next_try_ms, message_id) WHERE next_try_ms IS NOT NULL;
CREATE INDEX message_by_member ON message (group_id, member_id, made_ms, message_id);
CREATE INDEX message_by_state ON message (group_id, state, made_ms, message_id);
