-- What quotes claim of limits and budgets, kept when a sale is committed.

-- How often a limit was used, and is held for reservations, by whom it counts for ("" is the group).
CREATE TABLE claim_counter (
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    claim_key TEXT COLLATE "C" NOT NULL,
    owner     TEXT COLLATE "C" NOT NULL,
    used      BIGINT NOT NULL DEFAULT 0 CHECK (used >= 0),
    held      BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
    PRIMARY KEY (group_id, claim_key, owner)
);

-- Who took it: a sale ('used'), or a reservation ('held' until it ends). `freed` of `amount` came back.
-- A budget's uses stand here too, beside their postings, so that a return knows what it may give back.
CREATE TABLE claim_use (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    cause_id   TEXT COLLATE "C" NOT NULL,
    claim_key  TEXT COLLATE "C" NOT NULL,
    owner      TEXT COLLATE "C" NOT NULL,
    rule_id    TEXT COLLATE "C" NOT NULL,
    asset      TEXT COLLATE "C" NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    freed      BIGINT NOT NULL DEFAULT 0 CHECK (freed BETWEEN 0 AND amount),
    state      TEXT COLLATE "C" NOT NULL CHECK (state IN ('used', 'held')),
    made_ms    BIGINT NOT NULL,
    expires_ms BIGINT,
    PRIMARY KEY (group_id, cause_id, claim_key, owner)
);
CREATE INDEX claim_use_held ON claim_use (group_id, expires_ms) WHERE state = 'held' AND freed < amount;
CREATE INDEX claim_use_by_key ON claim_use (group_id, claim_key, owner);

-- What was used of limits and budgets when the member agreed: what was held then is what a commit counts on.
ALTER TABLE reservation ADD COLUMN usage TEXT COLLATE "C" NOT NULL DEFAULT '';
