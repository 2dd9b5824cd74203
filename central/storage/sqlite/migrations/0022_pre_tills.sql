-- Cards of clerks (table staff): no member's. What a card opens is judged at each tap; one that is blocked opens
-- nothing.
CREATE TABLE staff_card (
    group_id   TEXT    NOT NULL REFERENCES pharmacy_group,
    staff_id   TEXT    NOT NULL CHECK (staff_id <> ''),
    uid        TEXT    NOT NULL CHECK (uid <> ''),
    name       TEXT    NOT NULL,
    needs      TEXT    NOT NULL CHECK (needs IN ('nfc_uid', 'aes_card')),
    issued_ms  INTEGER NOT NULL,
    blocked_ms INTEGER,
    PRIMARY KEY (group_id, staff_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX staff_card_by_uid ON staff_card (group_id, uid);

-- Tills paired with terminals, and put out: as the terminals told it, each act once.
CREATE TABLE till_act (
    group_id    TEXT    NOT NULL REFERENCES pharmacy_group,
    act_id      TEXT    NOT NULL CHECK (act_id <> ''),
    kind        TEXT    NOT NULL CHECK (kind IN ('paired', 'unpaired', 'guessed')),
    shop_id     TEXT    NOT NULL,
    terminal_id TEXT    NOT NULL,
    sale_id     TEXT    NOT NULL,
    key_version INTEGER NOT NULL,
    opened_by   TEXT    NOT NULL CHECK (opened_by IN ('staff_card', 'operator')),
    staff_id    TEXT,
    occurred_ms INTEGER NOT NULL,
    recorded_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, act_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
) STRICT, WITHOUT ROWID;
CREATE INDEX till_act_by_time ON till_act (group_id, recorded_ms DESC, act_id);
CREATE TRIGGER till_act_refuses_update BEFORE UPDATE ON till_act
BEGIN SELECT RAISE(ABORT, 'till_act is append-only'); END;
CREATE TRIGGER till_act_refuses_delete BEFORE DELETE ON till_act
BEGIN SELECT RAISE(ABORT, 'till_act is append-only'); END;
