-- What a member writes to a pharmacy in own words, sealed under the key of the member who wrote (sealed_for), also
-- after a merge.
ALTER TABLE shop_message ADD COLUMN sealed BYTEA;
ALTER TABLE shop_message ADD COLUMN sealed_for TEXT COLLATE "C";

-- Which words a member read who agreed on a screen, and where that was.
ALTER TABLE member_consent ADD COLUMN text_version TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE member_consent ADD COLUMN shop_id TEXT COLLATE "C";

-- An e-mail address or telephone number that a member wants to be reached by (sealed), until a code that was sent there
-- has proved it. The code itself is kept nowhere. Gone with the member.
CREATE TABLE contact_code (
    group_id   TEXT COLLATE "C" NOT NULL,
    code_id    TEXT COLLATE "C" NOT NULL,
    member_id  TEXT COLLATE "C" NOT NULL,
    channel    TEXT COLLATE "C" NOT NULL CHECK (channel IN ('email', 'sms')),
    input_hash BYTEA NOT NULL,
    sealed     BYTEA NOT NULL,
    made_ms    BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    done_ms    BIGINT,
    token_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, code_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX contact_code_by_member ON contact_code (group_id, member_id, made_ms, code_id);
