-- Terminals that ask for a token. The one table whose key begins with no group: who takes a terminal is only known
-- when a person has typed its code. Rows live for an hour or so; the event terminal.paired is what stays.

CREATE TABLE pairing (
    pairing_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (pairing_id <> ''),
    code         TEXT COLLATE "C" NOT NULL CHECK (length(code) = 8),
    public_key   BYTEA    NOT NULL CHECK (length(public_key) = 32),
    serial       TEXT COLLATE "C" NOT NULL,
    poi_id       TEXT COLLATE "C" NOT NULL,
    version      TEXT COLLATE "C" NOT NULL,
    address      TEXT COLLATE "C" NOT NULL,
    requested_ms BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL,
    group_id     TEXT COLLATE "C" REFERENCES pharmacy_group,
    shop_id      TEXT COLLATE "C",
    terminal_id  TEXT COLLATE "C",
    token_id     TEXT COLLATE "C",
    sealed_token BYTEA,
    CHECK ((group_id IS NULL) = (token_id IS NULL) AND (group_id IS NULL) = (sealed_token IS NULL)),
    FOREIGN KEY (group_id, token_id) REFERENCES token,
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
);
CREATE UNIQUE INDEX pairing_by_code ON pairing (code);
CREATE INDEX pairing_by_expiry ON pairing (expires_ms);

-- Written once: whose key a code stands for, and who took it.
CREATE FUNCTION refuse_second_pairing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a pairing is %', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER pairing_key_is_fixed BEFORE UPDATE OF pairing_id, code, public_key, serial, poi_id ON pairing
FOR EACH ROW EXECUTE FUNCTION refuse_second_pairing('written once');
CREATE TRIGGER pairing_is_taken_once BEFORE UPDATE OF group_id, token_id, sealed_token ON pairing
FOR EACH ROW WHEN (old.group_id IS NOT NULL) EXECUTE FUNCTION refuse_second_pairing('taken once');
