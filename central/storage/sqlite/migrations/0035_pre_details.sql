-- What a member writes to a pharmacy in own words, sealed under the key of the member who wrote (sealed_for), also
-- after a merge.
ALTER TABLE shop_message ADD COLUMN sealed BLOB;
ALTER TABLE shop_message ADD COLUMN sealed_for TEXT;

-- Which words a member read who agreed on a screen, and where that was.
ALTER TABLE member_consent ADD COLUMN text_version TEXT NOT NULL DEFAULT '';
ALTER TABLE member_consent ADD COLUMN shop_id TEXT;

-- An e-mail address or telephone number that a member wants to be reached by (sealed), until a code that was sent there
-- has proved it. The code itself is kept nowhere. Gone with the member.
CREATE TABLE contact_code (
    group_id   TEXT    NOT NULL,
    code_id    TEXT    NOT NULL,
    member_id  TEXT    NOT NULL,
    channel    TEXT    NOT NULL CHECK (channel IN ('email', 'sms')),
    input_hash BLOB NOT NULL,
    sealed     BLOB NOT NULL,
    made_ms    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    done_ms    INTEGER,
    token_id   TEXT    NOT NULL,
    PRIMARY KEY (group_id, code_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_code_by_member ON contact_code (group_id, member_id, made_ms, code_id);
