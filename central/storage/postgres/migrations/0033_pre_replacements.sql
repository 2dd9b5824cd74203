-- A card replaced at a kiosk by a blank one: who asked where, how it was proved, what came of it. What was typed and is
-- nobody's has no member. `card_number` is the old card, `new_card` the one that took its place.
CREATE TABLE card_replacement (
    group_id       TEXT COLLATE "C" NOT NULL,
    replacement_id TEXT COLLATE "C" NOT NULL,
    shop_id        TEXT COLLATE "C" NOT NULL,
    token_id       TEXT COLLATE "C" NOT NULL,
    is_with_card   BIGINT NOT NULL CHECK (is_with_card IN (0, 1)),
    member_id      TEXT COLLATE "C",
    card_number    TEXT COLLATE "C",
    code_hash      BYTEA,
    tries          BIGINT NOT NULL DEFAULT 0,
    proof          TEXT COLLATE "C" NOT NULL CHECK (proof IN ('', 'card_and_pin', 'code', 'staff')),
    staff_id       TEXT COLLATE "C",
    new_card       TEXT COLLATE "C",
    state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('unknown', 'asked', 'granted', 'done')),
    made_ms        BIGINT NOT NULL,
    ends_ms        BIGINT NOT NULL,
    done_ms        BIGINT,
    PRIMARY KEY (group_id, replacement_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((member_id IS NULL) = (state = 'unknown')),
    CHECK ((member_id IS NULL) = (card_number IS NULL)),
    CHECK ((proof <> '') = (state IN ('granted', 'done'))),
    CHECK ((staff_id IS NOT NULL) = (proof = 'staff')),
    CHECK ((new_card IS NOT NULL) = (state = 'done')),
    CHECK ((done_ms IS NOT NULL) = (state = 'done'))
);
CREATE INDEX card_replacement_by_member ON card_replacement (group_id, member_id, made_ms, replacement_id);
CREATE INDEX card_replacement_by_time ON card_replacement (group_id, made_ms, replacement_id);
