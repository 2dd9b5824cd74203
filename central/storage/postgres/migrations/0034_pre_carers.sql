-- Cards by which somebody acts for a member: whose, by what name, what they may beside earning and seeing the balance,
-- until when. The name is sealed under the key of `sealed_for`. The card itself says so too, for whoever judges it.
CREATE TABLE carer (
    group_id    TEXT COLLATE "C" NOT NULL,
    carer_id    TEXT COLLATE "C" NOT NULL,
    member_id   TEXT COLLATE "C" NOT NULL,
    card_number TEXT COLLATE "C" NOT NULL,
    sealed      BYTEA NOT NULL,
    sealed_for  TEXT COLLATE "C" NOT NULL,
    may         TEXT COLLATE "C" NOT NULL,
    given_by    TEXT COLLATE "C" NOT NULL CHECK (given_by IN ('member', 'staff')),
    token_id    TEXT COLLATE "C" NOT NULL,
    shop_id     TEXT COLLATE "C",
    made_ms     BIGINT NOT NULL,
    ends_ms     BIGINT NOT NULL,
    ended_ms    BIGINT,
    PRIMARY KEY (group_id, carer_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK (ends_ms > made_ms)
);
CREATE INDEX carer_by_member ON carer (group_id, member_id, made_ms, carer_id);
ALTER TABLE card ADD COLUMN carer_id TEXT COLLATE "C";
ALTER TABLE card ADD COLUMN carer_may TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Tickets that were a carer's doing.
CREATE TABLE carer_ticket (
    group_id TEXT COLLATE "C" NOT NULL,
    sale_id  TEXT COLLATE "C" NOT NULL,
    carer_id TEXT COLLATE "C" NOT NULL,
    at_ms    BIGINT NOT NULL,
    PRIMARY KEY (group_id, sale_id)
);
CREATE INDEX carer_ticket_by_carer ON carer_ticket (group_id, carer_id, at_ms, sale_id);
