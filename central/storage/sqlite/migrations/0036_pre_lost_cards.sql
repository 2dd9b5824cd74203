-- Cards reported lost without the card, by a number and a birth date. A right report blocks the member's cards until
-- `ends_ms`, unless the code that the member was sent ends it: kept blocked, or undone. A wrong one has no member.
CREATE TABLE lost_report (
    group_id  TEXT    NOT NULL,
    report_id TEXT    NOT NULL,
    shop_id   TEXT    NOT NULL,
    token_id  TEXT    NOT NULL,
    member_id TEXT,
    made_ms   INTEGER NOT NULL,
    code_hash BLOB,
    ends_ms   INTEGER,
    cards     TEXT    NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,
    state     TEXT    NOT NULL CHECK (state IN ('unknown', 'repeated', 'open', 'kept', 'undone', 'lapsed')),
    ended_ms  INTEGER,
    PRIMARY KEY (group_id, report_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((member_id IS NULL) = (state = 'unknown')),
    CHECK (state <> 'open' OR (code_hash IS NOT NULL AND ends_ms IS NOT NULL)),
    CHECK ((ended_ms IS NOT NULL) = (state IN ('kept', 'undone', 'lapsed')))
) STRICT, WITHOUT ROWID;
CREATE INDEX lost_report_due ON lost_report (group_id, ends_ms, report_id) WHERE state = 'open';
CREATE INDEX lost_report_open ON lost_report (group_id, member_id, report_id) WHERE state = 'open';
CREATE INDEX lost_report_by_member ON lost_report (group_id, member_id, made_ms, report_id);
CREATE INDEX lost_report_by_time ON lost_report (group_id, made_ms, report_id);

-- A notice about the member's own card leaves without a consent: nobody agrees to hear that a card was blocked.
ALTER TABLE message ADD COLUMN is_notice INTEGER NOT NULL DEFAULT 0 CHECK (is_notice IN (0, 1));
