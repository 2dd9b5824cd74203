-- A card replaced at a kiosk by a blank one: who asked where, how it was proved, what came of it. What was typed and is
-- nobody's has no member. `card_number` is the old card, `new_card` the one that took its place.
CREATE TABLE card_replacement (
    group_id       TEXT    NOT NULL,
    replacement_id TEXT    NOT NULL,
    shop_id        TEXT    NOT NULL,
    token_id       TEXT    NOT NULL,
    is_with_card   INTEGER NOT NULL CHECK (is_with_card IN (0, 1)),
    member_id      TEXT,
    card_number    TEXT,
    code_hash      BLOB,
    tries          INTEGER NOT NULL DEFAULT 0,
    proof          TEXT    NOT NULL CHECK (proof IN ('', 'card_and_pin', 'code', 'staff')),
    staff_id       TEXT,
    new_card       TEXT,
    state          TEXT    NOT NULL CHECK (state IN ('unknown', 'asked', 'granted', 'done')),
    made_ms        INTEGER NOT NULL,
    ends_ms        INTEGER NOT NULL,
    done_ms        INTEGER,
    PRIMARY KEY (group_id, replacement_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((member_id IS NULL) = (state = 'unknown')),
    CHECK ((member_id IS NULL) = (card_number IS NULL)),
    CHECK ((proof <> '') = (state IN ('granted', 'done'))),
    CHECK ((staff_id IS NOT NULL) = (proof = 'staff')),
    CHECK ((new_card IS NOT NULL) = (state = 'done')),
    CHECK ((done_ms IS NOT NULL) = (state = 'done'))
) STRICT, WITHOUT ROWID;
CREATE INDEX card_replacement_by_member ON card_replacement (group_id, member_id, made_ms, replacement_id);
CREATE INDEX card_replacement_by_time ON card_replacement (group_id, made_ms, replacement_id);
