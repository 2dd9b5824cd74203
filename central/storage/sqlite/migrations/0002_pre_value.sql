-- Holds, pending points, restored lots, corrections, gifts, explanations, drafts. Adds only: the last release works
-- on it, and the CHECK on `held` stops it from spending what this one has promised.

ALTER TABLE account ADD COLUMN held INTEGER NOT NULL DEFAULT 0
    CHECK (held >= 0 AND (floor IS NULL OR balance - held >= floor));
ALTER TABLE lot ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND remaining);
ALTER TABLE lot ADD COLUMN matures_ms INTEGER;
ALTER TABLE lot ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
CREATE INDEX lot_by_source ON lot (group_id, source_id);
CREATE INDEX lot_due ON lot (group_id, expires_ms, lot_id) WHERE remaining > 0 AND expires_ms IS NOT NULL;
CREATE INDEX lot_ripe ON lot (group_id, matures_ms, lot_id) WHERE remaining > 0 AND matures_ms IS NOT NULL;
CREATE INDEX lot_awaiting ON lot (group_id, awaits, lot_id) WHERE remaining > 0 AND awaits <> '';

CREATE TABLE lot_restore (
    group_id    TEXT    NOT NULL,
    journal_seq INTEGER NOT NULL,
    restore_no  INTEGER NOT NULL,
    lot_id      TEXT    NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, journal_seq, restore_no),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    group_id    TEXT    NOT NULL,
    hold_id     TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    asset       TEXT    NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    posted      INTEGER NOT NULL DEFAULT 0 CHECK (posted BETWEEN 0 AND amount),
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'posted', 'voided', 'expired')),
    cause_id    TEXT    NOT NULL,
    made_ms     INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    ended_ms    INTEGER,
    actor       TEXT    NOT NULL,
    terminal_id TEXT,
    PRIMARY KEY (group_id, hold_id),
    FOREIGN KEY (group_id, account, asset) REFERENCES account
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_pending ON hold (group_id, expires_ms, hold_id) WHERE state = 'pending';

CREATE TABLE hold_lot (
    group_id TEXT    NOT NULL,
    hold_id  TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    lot_id   TEXT    NOT NULL,
    amount   INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, hold_id, place),
    FOREIGN KEY (group_id, hold_id) REFERENCES hold,
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
) STRICT, WITHOUT ROWID;

-- Points as a tender. `returns` counts returns: what one decided on is guarded by it.
ALTER TABLE sale ADD COLUMN points_redeemed INTEGER NOT NULL DEFAULT 0 CHECK (points_redeemed >= 0);
ALTER TABLE sale ADD COLUMN redemption_id TEXT;
ALTER TABLE sale ADD COLUMN returns INTEGER NOT NULL DEFAULT 0 CHECK (returns >= 0);
CREATE INDEX sale_by_time ON sale (group_id, occurred_ms, sale_id);
ALTER TABLE sale_return ADD COLUMN points_restored INTEGER NOT NULL DEFAULT 0 CHECK (points_restored >= 0);
ALTER TABLE sale_return ADD COLUMN restoration_id TEXT;
ALTER TABLE reservation ADD COLUMN points_redeemed INTEGER NOT NULL DEFAULT 0 CHECK (points_redeemed >= 0);
ALTER TABLE line_store_line ADD COLUMN points_redeemed INTEGER NOT NULL DEFAULT 0 CHECK (points_redeemed >= 0);

-- Why a ticket's lines earned what they earned, told under the same key as the lines.
CREATE TABLE line_store_why (
    group_id TEXT NOT NULL,
    line_key BLOB NOT NULL,
    reasons  TEXT NOT NULL,
    PRIMARY KEY (group_id, line_key)
) STRICT, WITHOUT ROWID;

-- Donations, transfers, and moves of other assets.
CREATE TABLE value_move (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    move_id        TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    input_hash     BLOB    NOT NULL,
    member_id      TEXT,
    other_id       TEXT,
    asset          TEXT    NOT NULL,
    amount         INTEGER NOT NULL CHECK (amount > 0),
    recorded_ms    INTEGER NOT NULL,
    transaction_id TEXT    NOT NULL,
    balance_after  INTEGER,
    PRIMARY KEY (group_id, move_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;

CREATE TABLE correction (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    correction_id  TEXT    NOT NULL,
    member_id      TEXT    NOT NULL,
    points         INTEGER NOT NULL CHECK (points <> 0),
    reason         TEXT    NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'posted', 'refused')),
    input_hash     BLOB    NOT NULL,
    requested_by   TEXT    NOT NULL,
    requested_ms   INTEGER NOT NULL,
    decided_by     TEXT,
    decided_ms     INTEGER,
    transaction_id TEXT,
    PRIMARY KEY (group_id, correction_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX correction_by_time ON correction (group_id, requested_by, requested_ms);
CREATE INDEX correction_pending ON correction (group_id, requested_ms) WHERE state = 'pending';

CREATE TABLE household_member (
    group_id     TEXT    NOT NULL,
    member_id    TEXT    NOT NULL,
    household_id TEXT    NOT NULL,
    joined_ms    INTEGER NOT NULL,
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX household_member_by_household ON household_member (group_id, household_id);

-- A programme on its way: drafted, reviewed by somebody else, scheduled, active; or withdrawn.
CREATE TABLE programme_draft (
    group_id        TEXT    NOT NULL REFERENCES pharmacy_group,
    draft_id        TEXT    NOT NULL,
    programme       TEXT    NOT NULL,
    note            TEXT    NOT NULL,
    state           TEXT    NOT NULL
        CHECK (state IN ('drafted', 'reviewed', 'refused', 'scheduled', 'active', 'withdrawn')),
    revision        INTEGER NOT NULL CHECK (revision >= 1),
    author          TEXT    NOT NULL,
    changed_ms      INTEGER NOT NULL,
    reviewer        TEXT,
    reviewed_ms     INTEGER,
    review_note     TEXT    NOT NULL DEFAULT '',
    activate_ms     INTEGER,
    ruleset_version INTEGER,
    CHECK (reviewer IS NULL OR reviewer <> author),
    PRIMARY KEY (group_id, draft_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX programme_draft_scheduled ON programme_draft (group_id, activate_ms) WHERE state = 'scheduled';

CREATE TRIGGER lot_restore_refuses_update BEFORE UPDATE ON lot_restore
BEGIN SELECT RAISE(ABORT, 'lot_restore is append-only'); END;
CREATE TRIGGER lot_restore_refuses_delete BEFORE DELETE ON lot_restore
BEGIN SELECT RAISE(ABORT, 'lot_restore is append-only'); END;
CREATE TRIGGER value_move_refuses_update BEFORE UPDATE ON value_move
BEGIN SELECT RAISE(ABORT, 'value_move is append-only'); END;
CREATE TRIGGER value_move_refuses_delete BEFORE DELETE ON value_move
BEGIN SELECT RAISE(ABORT, 'value_move is append-only'); END;
