-- Cards of clerks (table staff): no member's. What a card opens is judged at each tap; one that is blocked opens
-- nothing.
CREATE TABLE staff_card (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    staff_id   TEXT COLLATE "C" NOT NULL CHECK (staff_id <> ''),
    uid        TEXT COLLATE "C" NOT NULL CHECK (uid <> ''),
    name       TEXT COLLATE "C" NOT NULL,
    needs      TEXT COLLATE "C" NOT NULL CHECK (needs IN ('nfc_uid', 'aes_card')),
    issued_ms  BIGINT NOT NULL,
    blocked_ms BIGINT,
    PRIMARY KEY (group_id, staff_id)
);
CREATE UNIQUE INDEX staff_card_by_uid ON staff_card (group_id, uid);

-- Tills paired with terminals, and put out: as the terminals told it, each act once.
CREATE TABLE till_act (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    act_id      TEXT COLLATE "C" NOT NULL CHECK (act_id <> ''),
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('paired', 'unpaired', 'guessed')),
    shop_id     TEXT COLLATE "C" NOT NULL,
    terminal_id TEXT COLLATE "C" NOT NULL,
    sale_id     TEXT COLLATE "C" NOT NULL,
    key_version BIGINT NOT NULL,
    opened_by   TEXT COLLATE "C" NOT NULL CHECK (opened_by IN ('staff_card', 'operator')),
    staff_id    TEXT COLLATE "C",
    occurred_ms BIGINT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    PRIMARY KEY (group_id, act_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
);
CREATE INDEX till_act_by_time ON till_act (group_id, recorded_ms DESC, act_id);
CREATE TRIGGER till_act_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON till_act
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
