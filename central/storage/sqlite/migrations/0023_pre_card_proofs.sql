-- The newest proof of each chip that it answered a challenge of central: for whom, and until when it counts.
CREATE TABLE card_proof (
    group_id   TEXT    NOT NULL REFERENCES pharmacy_group,
    uid        TEXT    NOT NULL CHECK (uid <> ''),
    proof_id   TEXT    NOT NULL CHECK (proof_id <> ''),
    terminal   TEXT    NOT NULL,
    tap_id     TEXT    NOT NULL,
    begun_ms   INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL CHECK (expires_ms > begun_ms),
    PRIMARY KEY (group_id, uid)
) STRICT, WITHOUT ROWID;
