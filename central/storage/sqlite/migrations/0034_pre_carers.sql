-- Cards by which somebody acts for a member: whose, by what name, what they may beside earning and seeing the balance,
-- until when. The name is sealed under the key of `sealed_for`. The card itself says so too, for whoever judges it.
CREATE TABLE carer (
    group_id    TEXT    NOT NULL,
    carer_id    TEXT    NOT NULL,
    member_id   TEXT    NOT NULL,
    card_number TEXT    NOT NULL,
    sealed      BLOB    NOT NULL,
    sealed_for  TEXT    NOT NULL,
    may         TEXT    NOT NULL,
    given_by    TEXT    NOT NULL CHECK (given_by IN ('member', 'staff')),
    token_id    TEXT    NOT NULL,
    shop_id     TEXT,
    made_ms     INTEGER NOT NULL,
    ends_ms     INTEGER NOT NULL,
    ended_ms    INTEGER,
    PRIMARY KEY (group_id, carer_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK (ends_ms > made_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX carer_by_member ON carer (group_id, member_id, made_ms, carer_id);
ALTER TABLE card ADD COLUMN carer_id TEXT;
ALTER TABLE card ADD COLUMN carer_may TEXT NOT NULL DEFAULT '';

-- Tickets that were a carer's doing.
CREATE TABLE carer_ticket (
    group_id TEXT    NOT NULL,
    sale_id  TEXT    NOT NULL,
    carer_id TEXT    NOT NULL,
    at_ms    INTEGER NOT NULL,
    PRIMARY KEY (group_id, sale_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX carer_ticket_by_carer ON carer_ticket (group_id, carer_id, at_ms, sale_id);
