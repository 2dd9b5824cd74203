-- The newest proof of each chip that it answered a challenge of central: for whom, and until when it counts.
CREATE TABLE card_proof (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    uid        TEXT COLLATE "C" NOT NULL CHECK (uid <> ''),
    proof_id   TEXT COLLATE "C" NOT NULL CHECK (proof_id <> ''),
    terminal   TEXT COLLATE "C" NOT NULL,
    tap_id     TEXT COLLATE "C" NOT NULL,
    begun_ms   BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL CHECK (expires_ms > begun_ms),
    PRIMARY KEY (group_id, uid)
);
