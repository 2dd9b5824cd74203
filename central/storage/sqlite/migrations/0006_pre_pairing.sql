-- Terminals that ask for a token. The one table whose key begins with no group: who takes a terminal is only known
-- when a person has typed its code. Rows live for an hour or so; the event terminal.paired is what stays.

CREATE TABLE pairing (
    pairing_id   TEXT    NOT NULL PRIMARY KEY CHECK (pairing_id <> ''),
    code         TEXT    NOT NULL CHECK (length(code) = 8),
    public_key   BLOB    NOT NULL CHECK (length(public_key) = 32),
    serial       TEXT    NOT NULL,
    poi_id       TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    requested_ms INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    group_id     TEXT REFERENCES pharmacy_group,
    shop_id      TEXT,
    terminal_id  TEXT,
    token_id     TEXT,
    sealed_token BLOB,
    CHECK ((group_id IS NULL) = (token_id IS NULL) AND (group_id IS NULL) = (sealed_token IS NULL)),
    FOREIGN KEY (group_id, token_id) REFERENCES token,
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pairing_by_code ON pairing (code);
CREATE INDEX pairing_by_expiry ON pairing (expires_ms);

-- Written once: whose key a code stands for, and who took it.
CREATE TRIGGER pairing_key_is_fixed BEFORE UPDATE OF pairing_id, code, public_key, serial, poi_id ON pairing
BEGIN SELECT RAISE(ABORT, 'a pairing is written once'); END;
CREATE TRIGGER pairing_is_taken_once BEFORE UPDATE OF group_id, token_id, sealed_token ON pairing
WHEN OLD.group_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a pairing is taken once'); END;
