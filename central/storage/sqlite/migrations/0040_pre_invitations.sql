-- Links by which somebody who gave an e-mail address alone completes their data at home: at the kiosk, or at the counter.
-- The address is sealed under the member's key until the link has proved it; of the link itself a hash is kept. A row is
-- forgotten once its time is over.
CREATE TABLE invitation (
    group_id      TEXT    NOT NULL,
    invitation_id TEXT    NOT NULL,
    member_id     TEXT    NOT NULL,
    way           TEXT    NOT NULL CHECK (way IN ('kiosk', 'counter')),
    input_hash    BLOB    NOT NULL,
    link_hash     BLOB    NOT NULL,
    sealed        BLOB    NOT NULL,
    made_ms       INTEGER NOT NULL,
    expires_ms    INTEGER NOT NULL,
    used_ms       INTEGER,
    token_id      TEXT    NOT NULL,
    shop_id       TEXT,
    PRIMARY KEY (group_id, invitation_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_by_member ON invitation (group_id, member_id, invitation_id);
CREATE INDEX invitation_by_end ON invitation (group_id, expires_ms, invitation_id);
