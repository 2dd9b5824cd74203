-- What segments and grades are worked out from, one row per member; who is in which segment, since when; consents
-- and call-backs; how far a consumer of the events is. Adds only.

-- Facts as of a local day. What tells a birthday or of somebody's health is not here in the open: it is opened from
-- the sealed records of those whom the rest does not rule out. NULL is unknown.
CREATE TABLE member_fact (
    group_id               TEXT    NOT NULL REFERENCES pharmacy_group,
    member_id              TEXT    NOT NULL,
    seen_seq               INTEGER NOT NULL,
    stale_ms               INTEGER NOT NULL,
    ruleset_version        INTEGER NOT NULL,
    as_of_day              TEXT    NOT NULL,
    is_known               INTEGER NOT NULL DEFAULT 1 CHECK (is_known = 1),
    grade                  TEXT,
    tier                   TEXT,
    segments               TEXT,
    language               TEXT,
    home_shop              TEXT,
    points                 INTEGER,
    visits                 INTEGER,
    visits_3_months        INTEGER,
    spent_3_months_minor   INTEGER,
    spent_12_months_minor  INTEGER,
    is_first_purchase      INTEGER CHECK (is_first_purchase IN (0, 1)),
    days_since_purchase    INTEGER,
    days_since_enrolment   INTEGER,
    is_sponsored           INTEGER CHECK (is_sponsored IN (0, 1)),
    sealed                 BLOB,
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX member_fact_stale ON member_fact (group_id, stale_ms, member_id);
CREATE INDEX member_fact_by_version ON member_fact (group_id, ruleset_version, member_id);
CREATE INDEX member_fact_by_visits ON member_fact (group_id, visits_3_months, spent_3_months_minor);
CREATE INDEX member_fact_by_spent ON member_fact (group_id, spent_12_months_minor);
CREATE INDEX member_fact_by_purchase ON member_fact (group_id, days_since_purchase);
CREATE INDEX member_fact_by_points ON member_fact (group_id, points);
CREATE INDEX member_fact_by_grade ON member_fact (group_id, grade);
CREATE INDEX member_fact_by_tier ON member_fact (group_id, tier);
CREATE INDEX member_fact_by_shop ON member_fact (group_id, home_shop);

-- Who is in which segment that a rule defines, from when to when.
CREATE TABLE segment_member (
    group_id  TEXT    NOT NULL REFERENCES pharmacy_group,
    member_id TEXT    NOT NULL,
    segment   TEXT    NOT NULL CHECK (segment <> ''),
    entry_no  INTEGER NOT NULL CHECK (entry_no >= 1),
    from_ms   INTEGER NOT NULL,
    to_ms     INTEGER CHECK (to_ms >= from_ms),
    PRIMARY KEY (group_id, member_id, segment, entry_no),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX segment_member_now ON segment_member (group_id, segment, member_id) WHERE to_ms IS NULL;

-- What a member agreed to, each word with its moment; the latest word on a purpose counts.
CREATE TABLE member_consent (
    group_id  TEXT    NOT NULL REFERENCES pharmacy_group,
    member_id TEXT    NOT NULL,
    purpose   TEXT    NOT NULL CHECK (purpose <> ''),
    entry_no  INTEGER NOT NULL CHECK (entry_no >= 1),
    is_given  INTEGER NOT NULL CHECK (is_given IN (0, 1)),
    at_ms     INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    PRIMARY KEY (group_id, member_id, purpose, entry_no),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;

-- Attempts to reach a member who stays away.
CREATE TABLE call_back (
    group_id     TEXT    NOT NULL REFERENCES pharmacy_group,
    member_id    TEXT    NOT NULL,
    call_back_id TEXT    NOT NULL,
    at_ms        INTEGER NOT NULL,
    is_reached   INTEGER NOT NULL CHECK (is_reached IN (0, 1)),
    actor        TEXT    NOT NULL,
    PRIMARY KEY (group_id, member_id, call_back_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX call_back_by_time ON call_back (group_id, member_id, at_ms);

-- How far a consumer has read a group's events; moved with what it did, in one transaction.
CREATE TABLE consumer (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    name     TEXT    NOT NULL,
    seq      INTEGER NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (group_id, name)
) STRICT, WITHOUT ROWID;

-- Members who are there already: looked at soon. Events from here on tell of everybody else.
INSERT INTO member_fact (group_id, member_id, seen_seq, stale_ms, ruleset_version, as_of_day)
SELECT group_id, member_id, 0, 0, 0, '' FROM member WHERE key_wrapped IS NOT NULL;
INSERT INTO consumer (group_id, name, seq) SELECT group_id, 'standings', event_seq FROM group_head;
