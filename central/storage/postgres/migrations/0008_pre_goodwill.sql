-- Points the counter gave on its own, with who and why; what a role may give is counted by claim_counter.
CREATE TABLE goodwill (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    goodwill_id    TEXT COLLATE "C" NOT NULL,
    input_hash     BYTEA NOT NULL,
    shop_id        TEXT COLLATE "C" NOT NULL,
    member_id      TEXT COLLATE "C" NOT NULL,
    role           TEXT COLLATE "C" NOT NULL,
    operator       TEXT COLLATE "C" NOT NULL,
    actor          TEXT COLLATE "C" NOT NULL,
    points         BIGINT NOT NULL CHECK (points > 0),
    reason         TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    recorded_ms    BIGINT NOT NULL,
    transaction_id TEXT COLLATE "C" NOT NULL,
    balance_after  BIGINT NOT NULL,
    PRIMARY KEY (group_id, goodwill_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX goodwill_by_time ON goodwill (group_id, recorded_ms, goodwill_id);
