-- What segments and grades are worked out from, one row per member; who is in which segment, since when; consents
-- and call-backs; how far a consumer of the events is. Adds only.

-- Facts as of a local day. What tells a birthday or of somebody's health is not here in the open: it is opened from
-- the sealed records of those whom the rest does not rule out. NULL is unknown.
CREATE TABLE member_fact (
    group_id               TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    member_id              TEXT COLLATE "C" NOT NULL,
    seen_seq               BIGINT NOT NULL,
    stale_ms               BIGINT NOT NULL,
    ruleset_version        BIGINT NOT NULL,
    as_of_day              TEXT COLLATE "C" NOT NULL,
    is_known               BIGINT NOT NULL DEFAULT 1 CHECK (is_known = 1),
    grade                  TEXT COLLATE "C",
    tier                   TEXT COLLATE "C",
    segments               TEXT COLLATE "C",
    language               TEXT COLLATE "C",
    home_shop              TEXT COLLATE "C",
    points                 BIGINT,
    visits                 BIGINT,
    visits_3_months        BIGINT,
    spent_3_months_minor   BIGINT,
    spent_12_months_minor  BIGINT,
    is_first_purchase      BIGINT CHECK (is_first_purchase IN (0, 1)),
    days_since_purchase    BIGINT,
    days_since_enrolment   BIGINT,
    is_sponsored           BIGINT CHECK (is_sponsored IN (0, 1)),
    sealed                 BYTEA,
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
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
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    member_id TEXT COLLATE "C" NOT NULL,
    segment   TEXT COLLATE "C" NOT NULL CHECK (segment <> ''),
    entry_no  BIGINT NOT NULL CHECK (entry_no >= 1),
    from_ms   BIGINT NOT NULL,
    to_ms     BIGINT CHECK (to_ms >= from_ms),
    PRIMARY KEY (group_id, member_id, segment, entry_no),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE UNIQUE INDEX segment_member_now ON segment_member (group_id, segment, member_id) WHERE to_ms IS NULL;

-- What a member agreed to, each word with its moment; the latest word on a purpose counts.
CREATE TABLE member_consent (
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    member_id TEXT COLLATE "C" NOT NULL,
    purpose   TEXT COLLATE "C" NOT NULL CHECK (purpose <> ''),
    entry_no  BIGINT NOT NULL CHECK (entry_no >= 1),
    is_given  BIGINT NOT NULL CHECK (is_given IN (0, 1)),
    at_ms     BIGINT NOT NULL,
    actor     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, member_id, purpose, entry_no),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);

-- Attempts to reach a member who stays away.
CREATE TABLE call_back (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    member_id    TEXT COLLATE "C" NOT NULL,
    call_back_id TEXT COLLATE "C" NOT NULL,
    at_ms        BIGINT NOT NULL,
    is_reached   BIGINT NOT NULL CHECK (is_reached IN (0, 1)),
    actor        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, member_id, call_back_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX call_back_by_time ON call_back (group_id, member_id, at_ms);

-- How far a consumer has read a group's events; moved with what it did, in one transaction.
CREATE TABLE consumer (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    name     TEXT COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (group_id, name)
);

-- Members who are there already: looked at soon. Events from here on tell of everybody else.
INSERT INTO member_fact (group_id, member_id, seen_seq, stale_ms, ruleset_version, as_of_day)
SELECT group_id, member_id, 0, 0, 0, '' FROM member WHERE key_wrapped IS NOT NULL;
INSERT INTO consumer (group_id, name, seq) SELECT group_id, 'standings', event_seq FROM group_head;
