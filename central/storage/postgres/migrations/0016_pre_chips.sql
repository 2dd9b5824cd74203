-- The keys that cards of a version carry, sealed under the group's key; a retired version is refused.
CREATE TABLE card_keys (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    version    BIGINT NOT NULL CHECK (version >= 1),
    sealed     BYTEA NOT NULL,
    made_ms    BIGINT NOT NULL,
    retired_ms BIGINT,
    PRIMARY KEY (group_id, version)
);

-- The newest tap that each chip told of: a message is accepted once, by its counter.
CREATE TABLE chip_tap (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    uid      TEXT COLLATE "C" NOT NULL CHECK (uid <> ''),
    counter  BIGINT NOT NULL CHECK (counter >= 0),
    terminal TEXT COLLATE "C" NOT NULL,
    at_ms    BIGINT NOT NULL,
    replays  BIGINT NOT NULL,
    PRIMARY KEY (group_id, uid)
);
