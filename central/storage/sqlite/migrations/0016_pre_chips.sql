-- The keys that cards of a version carry, sealed under the group's key; a retired version is refused.
CREATE TABLE card_keys (
    group_id   TEXT    NOT NULL REFERENCES pharmacy_group,
    version    INTEGER NOT NULL CHECK (version >= 1),
    sealed     BLOB    NOT NULL,
    made_ms    INTEGER NOT NULL,
    retired_ms INTEGER,
    PRIMARY KEY (group_id, version)
) STRICT, WITHOUT ROWID;

-- The newest tap that each chip told of: a message is accepted once, by its counter.
CREATE TABLE chip_tap (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    uid      TEXT    NOT NULL CHECK (uid <> ''),
    counter  INTEGER NOT NULL CHECK (counter >= 0),
    terminal TEXT    NOT NULL,
    at_ms    INTEGER NOT NULL,
    replays  INTEGER NOT NULL,
    PRIMARY KEY (group_id, uid)
) STRICT, WITHOUT ROWID;
