-- Links by which somebody who gave an e-mail address alone completes their data at home: at the kiosk, or at the counter.
-- The address is sealed under the member's key until the link has proved it; of the link itself a hash is kept. A row is
-- forgotten once its time is over.
CREATE TABLE invitation (
    group_id      TEXT COLLATE "C" NOT NULL,
    invitation_id TEXT COLLATE "C" NOT NULL,
    member_id     TEXT COLLATE "C" NOT NULL,
    way           TEXT COLLATE "C" NOT NULL CHECK (way IN ('kiosk', 'counter')),
    input_hash    BYTEA  NOT NULL,
    link_hash     BYTEA  NOT NULL,
    sealed        BYTEA  NOT NULL,
    made_ms       BIGINT NOT NULL,
    expires_ms    BIGINT NOT NULL,
    used_ms       BIGINT,
    token_id      TEXT COLLATE "C" NOT NULL,
    shop_id       TEXT COLLATE "C",
    PRIMARY KEY (group_id, invitation_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX invitation_by_member ON invitation (group_id, member_id, invitation_id);
CREATE INDEX invitation_by_end ON invitation (group_id, expires_ms, invitation_id);
