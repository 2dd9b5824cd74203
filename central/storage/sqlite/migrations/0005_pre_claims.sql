-- What quotes claim of limits and budgets, kept when a sale is committed.

-- How often a limit was used, and is held for reservations, by whom it counts for ("" is the group).
CREATE TABLE claim_counter (
    group_id  TEXT    NOT NULL REFERENCES pharmacy_group,
    claim_key TEXT    NOT NULL,
    owner     TEXT    NOT NULL,
    used      INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
    held      INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    PRIMARY KEY (group_id, claim_key, owner)
) STRICT, WITHOUT ROWID;

-- Who took it: a sale ('used'), or a reservation ('held' until it ends). `freed` of `amount` came back.
-- A budget's uses stand here too, beside their postings, so that a return knows what it may give back.
CREATE TABLE claim_use (
    group_id   TEXT    NOT NULL REFERENCES pharmacy_group,
    cause_id   TEXT    NOT NULL,
    claim_key  TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    rule_id    TEXT    NOT NULL,
    asset      TEXT    NOT NULL,
    amount     INTEGER NOT NULL CHECK (amount > 0),
    freed      INTEGER NOT NULL DEFAULT 0 CHECK (freed BETWEEN 0 AND amount),
    state      TEXT    NOT NULL CHECK (state IN ('used', 'held')),
    made_ms    INTEGER NOT NULL,
    expires_ms INTEGER,
    PRIMARY KEY (group_id, cause_id, claim_key, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_use_held ON claim_use (group_id, expires_ms) WHERE state = 'held' AND freed < amount;
CREATE INDEX claim_use_by_key ON claim_use (group_id, claim_key, owner);

-- What was used of limits and budgets when the member agreed: what was held then is what a commit counts on.
ALTER TABLE reservation ADD COLUMN usage TEXT NOT NULL DEFAULT '';
