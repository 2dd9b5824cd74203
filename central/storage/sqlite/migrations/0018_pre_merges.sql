-- Two records of one person become one (C-05): the duplicate stays as a tombstone that points to the survivor.
-- Adds only.

-- `merged_key`: the duplicate's key under the survivor's, so that all of the person hangs on one key.
ALTER TABLE member ADD COLUMN merged_into TEXT;
ALTER TABLE member ADD COLUMN merged_key BLOB;
CREATE INDEX member_by_survivor ON member (group_id, merged_into) WHERE merged_into IS NOT NULL;

-- Whose key leads to a ticket's lines where its member was merged since; NULL: that of `member_id`.
ALTER TABLE sale ADD COLUMN sold_to TEXT;

CREATE INDEX claim_counter_by_owner ON claim_counter (group_id, owner);
CREATE INDEX voucher_by_member ON voucher (group_id, member_id) WHERE member_id IS NOT NULL;
CREATE INDEX goodwill_by_member ON goodwill (group_id, member_id);
CREATE INDEX correction_by_member ON correction (group_id, member_id);
CREATE INDEX gift_card_by_member ON gift_card (group_id, member_id) WHERE member_id IS NOT NULL;

-- Who asked for a merge, who decided, and what was in it: points, and minor units of what else had a price.
CREATE TABLE member_merge (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    merge_id       TEXT    NOT NULL,
    survivor_id    TEXT    NOT NULL,
    duplicate_id   TEXT    NOT NULL CHECK (duplicate_id <> survivor_id),
    reason         TEXT    NOT NULL CHECK (reason <> ''),
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
    points         INTEGER NOT NULL CHECK (points >= 0),
    value_minor    INTEGER NOT NULL CHECK (value_minor >= 0),
    input_hash     BLOB    NOT NULL,
    requested_by   TEXT    NOT NULL,
    requested_ms   INTEGER NOT NULL,
    decided_by     TEXT CHECK (decided_by <> requested_by),
    decided_ms     INTEGER,
    transaction_id TEXT,
    PRIMARY KEY (group_id, merge_id),
    FOREIGN KEY (group_id, survivor_id) REFERENCES member,
    FOREIGN KEY (group_id, duplicate_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX member_merge_once ON member_merge (group_id, duplicate_id) WHERE state = 'done';
CREATE INDEX member_merge_pending ON member_merge (group_id, requested_ms) WHERE state = 'pending';
-- What each did without a second person.
CREATE INDEX member_merge_alone ON member_merge (group_id, requested_by, requested_ms)
    WHERE state = 'done' AND decided_by IS NULL;
CREATE INDEX member_merge_by_survivor ON member_merge (group_id, survivor_id);
CREATE INDEX member_merge_by_duplicate ON member_merge (group_id, duplicate_id);
