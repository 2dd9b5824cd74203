-- Points the counter gave on its own, with who and why; what a role may give is counted by claim_counter.
CREATE TABLE goodwill (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    goodwill_id    TEXT    NOT NULL,
    input_hash     BLOB    NOT NULL,
    shop_id        TEXT    NOT NULL,
    member_id      TEXT    NOT NULL,
    role           TEXT    NOT NULL,
    operator       TEXT    NOT NULL,
    actor          TEXT    NOT NULL,
    points         INTEGER NOT NULL CHECK (points > 0),
    reason         TEXT    NOT NULL CHECK (reason <> ''),
    recorded_ms    INTEGER NOT NULL,
    transaction_id TEXT    NOT NULL,
    balance_after  INTEGER NOT NULL,
    PRIMARY KEY (group_id, goodwill_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX goodwill_by_time ON goodwill (group_id, recorded_ms, goodwill_id);
