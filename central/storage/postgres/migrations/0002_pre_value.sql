-- Holds, pending points, restored lots, corrections, gifts, explanations, drafts. Adds only: the last release works
-- on it, and the CHECK on `held` stops it from spending what this one has promised.

ALTER TABLE account ADD COLUMN held BIGINT NOT NULL DEFAULT 0
    CHECK (held >= 0 AND (floor IS NULL OR balance - held >= floor));
ALTER TABLE lot ADD COLUMN held BIGINT NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND remaining);
ALTER TABLE lot ADD COLUMN matures_ms BIGINT;
ALTER TABLE lot ADD COLUMN awaits TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX lot_by_source ON lot (group_id, source_id);
CREATE INDEX lot_due ON lot (group_id, expires_ms, lot_id) WHERE remaining > 0 AND expires_ms IS NOT NULL;
CREATE INDEX lot_ripe ON lot (group_id, matures_ms, lot_id) WHERE remaining > 0 AND matures_ms IS NOT NULL;
CREATE INDEX lot_awaiting ON lot (group_id, awaits, lot_id) WHERE remaining > 0 AND awaits <> '';

CREATE TABLE lot_restore (
    group_id    TEXT COLLATE "C" NOT NULL,
    journal_seq BIGINT NOT NULL,
    restore_no  BIGINT NOT NULL,
    lot_id      TEXT COLLATE "C" NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, journal_seq, restore_no),
    FOREIGN KEY (group_id, journal_seq) REFERENCES ledger_transaction,
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
);

CREATE TABLE hold (
    group_id    TEXT COLLATE "C" NOT NULL,
    hold_id     TEXT COLLATE "C" NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    asset       TEXT COLLATE "C" NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    posted      BIGINT NOT NULL DEFAULT 0 CHECK (posted BETWEEN 0 AND amount),
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'posted', 'voided', 'expired')),
    cause_id    TEXT COLLATE "C" NOT NULL,
    made_ms     BIGINT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    ended_ms    BIGINT,
    actor       TEXT COLLATE "C" NOT NULL,
    terminal_id TEXT COLLATE "C",
    PRIMARY KEY (group_id, hold_id),
    FOREIGN KEY (group_id, account, asset) REFERENCES account
);
CREATE INDEX hold_pending ON hold (group_id, expires_ms, hold_id) WHERE state = 'pending';

CREATE TABLE hold_lot (
    group_id TEXT COLLATE "C" NOT NULL,
    hold_id  TEXT COLLATE "C" NOT NULL,
    place    BIGINT NOT NULL,
    lot_id   TEXT COLLATE "C" NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (group_id, hold_id, place),
    FOREIGN KEY (group_id, hold_id) REFERENCES hold,
    FOREIGN KEY (group_id, lot_id) REFERENCES lot
);

-- Points as a tender. `returns` counts returns: what one decided on is guarded by it.
ALTER TABLE sale ADD COLUMN points_redeemed BIGINT NOT NULL DEFAULT 0 CHECK (points_redeemed >= 0);
ALTER TABLE sale ADD COLUMN redemption_id TEXT COLLATE "C";
ALTER TABLE sale ADD COLUMN returns BIGINT NOT NULL DEFAULT 0 CHECK (returns >= 0);
CREATE INDEX sale_by_time ON sale (group_id, occurred_ms, sale_id);
ALTER TABLE sale_return ADD COLUMN points_restored BIGINT NOT NULL DEFAULT 0 CHECK (points_restored >= 0);
ALTER TABLE sale_return ADD COLUMN restoration_id TEXT COLLATE "C";
ALTER TABLE reservation ADD COLUMN points_redeemed BIGINT NOT NULL DEFAULT 0 CHECK (points_redeemed >= 0);
ALTER TABLE line_store_line ADD COLUMN points_redeemed BIGINT NOT NULL DEFAULT 0 CHECK (points_redeemed >= 0);

-- Why a ticket's lines earned what they earned, told under the same key as the lines.
CREATE TABLE line_store_why (
    group_id TEXT COLLATE "C" NOT NULL,
    line_key BYTEA NOT NULL,
    reasons  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, line_key)
);

-- Donations, transfers, and moves of other assets.
CREATE TABLE value_move (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    move_id        TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    input_hash     BYTEA  NOT NULL,
    member_id      TEXT COLLATE "C",
    other_id       TEXT COLLATE "C",
    asset          TEXT COLLATE "C" NOT NULL,
    amount         BIGINT NOT NULL CHECK (amount > 0),
    recorded_ms    BIGINT NOT NULL,
    transaction_id TEXT COLLATE "C" NOT NULL,
    balance_after  BIGINT,
    PRIMARY KEY (group_id, move_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);

CREATE TABLE correction (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    correction_id  TEXT COLLATE "C" NOT NULL,
    member_id      TEXT COLLATE "C" NOT NULL,
    points         BIGINT NOT NULL CHECK (points <> 0),
    reason         TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'posted', 'refused')),
    input_hash     BYTEA  NOT NULL,
    requested_by   TEXT COLLATE "C" NOT NULL,
    requested_ms   BIGINT NOT NULL,
    decided_by     TEXT COLLATE "C",
    decided_ms     BIGINT,
    transaction_id TEXT COLLATE "C",
    PRIMARY KEY (group_id, correction_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX correction_by_time ON correction (group_id, requested_by, requested_ms);
CREATE INDEX correction_pending ON correction (group_id, requested_ms) WHERE state = 'pending';

CREATE TABLE household_member (
    group_id     TEXT COLLATE "C" NOT NULL,
    member_id    TEXT COLLATE "C" NOT NULL,
    household_id TEXT COLLATE "C" NOT NULL,
    joined_ms    BIGINT NOT NULL,
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX household_member_by_household ON household_member (group_id, household_id);

-- A programme on its way: drafted, reviewed by somebody else, scheduled, active; or withdrawn.
CREATE TABLE programme_draft (
    group_id        TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    draft_id        TEXT COLLATE "C" NOT NULL,
    programme       TEXT COLLATE "C" NOT NULL,
    note            TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL
        CHECK (state IN ('drafted', 'reviewed', 'refused', 'scheduled', 'active', 'withdrawn')),
    revision        BIGINT NOT NULL CHECK (revision >= 1),
    author          TEXT COLLATE "C" NOT NULL,
    changed_ms      BIGINT NOT NULL,
    reviewer        TEXT COLLATE "C",
    reviewed_ms     BIGINT,
    review_note     TEXT COLLATE "C" NOT NULL DEFAULT '',
    activate_ms     BIGINT,
    ruleset_version BIGINT,
    CHECK (reviewer IS NULL OR reviewer <> author),
    PRIMARY KEY (group_id, draft_id)
);
CREATE INDEX programme_draft_scheduled ON programme_draft (group_id, activate_ms) WHERE state = 'scheduled';

CREATE TRIGGER lot_restore_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON lot_restore
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER value_move_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON value_move
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
