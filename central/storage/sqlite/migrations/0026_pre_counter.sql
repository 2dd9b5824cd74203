-- What happens at the counter. Adds only.

-- Secret codes, as slow hashes: of cards (`card/<number>`) and of clerks (`staff/<id>`). `tries`: wrong ones
-- since the last right one; `version`: how often it was set.
CREATE TABLE pin (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    owner    TEXT    NOT NULL,
    hash     BLOB    NOT NULL,
    version  INTEGER NOT NULL CHECK (version >= 1),
    tries    INTEGER NOT NULL CHECK (tries >= 0),
    set_by   TEXT    NOT NULL,
    set_ms   INTEGER NOT NULL,
    PRIMARY KEY (group_id, owner)
) STRICT, WITHOUT ROWID;

-- Who serves at the counter, by the short name that head office gave; without a shop in all of them.
CREATE TABLE staff (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    staff_id TEXT    NOT NULL,
    role     TEXT    NOT NULL CHECK (role <> ''),
    shop_id  TEXT,
    put_ms   INTEGER NOT NULL,
    ended_ms INTEGER,
    PRIMARY KEY (group_id, staff_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
) STRICT, WITHOUT ROWID;

-- What clerks did: limits are counted here. `reason` is a word of a list, never free text.
CREATE TABLE counter_act (
    group_id   TEXT    NOT NULL REFERENCES pharmacy_group,
    act_id     TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    input_hash BLOB    NOT NULL,
    shop_id    TEXT    NOT NULL,
    token_id   TEXT    NOT NULL,
    staff_id   TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    member_id  TEXT,
    from_id    TEXT,
    sale_id    TEXT,
    reason     TEXT    NOT NULL,
    day        TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (group_id, act_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX counter_act_by_staff ON counter_act (group_id, staff_id, kind, day);
CREATE INDEX counter_act_by_member ON counter_act (group_id, member_id, kind, day) WHERE member_id IS NOT NULL;
CREATE INDEX counter_act_by_time ON counter_act (group_id, at_ms);
-- What the counter hands to head office with one press (C-34), and each step that was taken; what was written is
-- sealed by the member's key, or the group's.
CREATE TABLE incident (
    group_id    TEXT    NOT NULL REFERENCES pharmacy_group,
    incident_id TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'taken', 'answered', 'closed')),
    input_hash  BLOB    NOT NULL,
    shop_id     TEXT    NOT NULL,
    token_id    TEXT    NOT NULL,
    staff_id    TEXT    NOT NULL,
    member_id   TEXT,
    sale_id     TEXT,
    taken_by    TEXT,
    notes       INTEGER NOT NULL CHECK (notes >= 0),
    opened_ms   INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL,
    PRIMARY KEY (group_id, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_by_state ON incident (group_id, state, opened_ms);
CREATE INDEX incident_by_member ON incident (group_id, member_id) WHERE member_id IS NOT NULL;

CREATE TABLE incident_note (
    group_id    TEXT    NOT NULL,
    incident_id TEXT    NOT NULL,
    note_no     INTEGER NOT NULL CHECK (note_no >= 1),
    act         TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    sealed      BLOB,
    at_ms       INTEGER NOT NULL,
    PRIMARY KEY (group_id, incident_id, note_no),
    FOREIGN KEY (group_id, incident_id) REFERENCES incident
) STRICT, WITHOUT ROWID;

-- Baskets put aside at the counter, sealed by the group's key, taken up once or forgotten.
CREATE TABLE parked_ticket (
    group_id   TEXT    NOT NULL REFERENCES pharmacy_group,
    parked_id  TEXT    NOT NULL,
    input_hash BLOB    NOT NULL,
    shop_id    TEXT    NOT NULL,
    staff_id   TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    sealed     BLOB,
    parked_ms  INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    taken_ms   INTEGER,
    taken_by   TEXT,
    PRIMARY KEY (group_id, parked_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
) STRICT, WITHOUT ROWID;
CREATE INDEX parked_ticket_waiting ON parked_ticket (group_id, shop_id, parked_ms) WHERE taken_ms IS NULL;

-- Paper forms that were filled in at the counter: whose data are keyed in later.
CREATE TABLE member_form (
    group_id     TEXT    NOT NULL REFERENCES pharmacy_group,
    form_number  TEXT    NOT NULL,
    member_id    TEXT    NOT NULL,
    taken_ms     INTEGER NOT NULL,
    completed_ms INTEGER,
    PRIMARY KEY (group_id, form_number),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX member_form_by_member ON member_form (group_id, member_id);

-- Keyed hashes of what a member is found by without a card; they go with the member's data.
CREATE TABLE member_word (
    group_id  TEXT NOT NULL REFERENCES pharmacy_group,
    word      BLOB NOT NULL,
    member_id TEXT NOT NULL,
    PRIMARY KEY (group_id, word, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX member_word_by_member ON member_word (group_id, member_id);

CREATE TRIGGER counter_act_refuses_update BEFORE UPDATE ON counter_act
BEGIN SELECT RAISE(ABORT, 'counter_act is append-only'); END;
CREATE TRIGGER counter_act_refuses_delete BEFORE DELETE ON counter_act
BEGIN SELECT RAISE(ABORT, 'counter_act is append-only'); END;
CREATE TRIGGER incident_note_refuses_update BEFORE UPDATE ON incident_note
BEGIN SELECT RAISE(ABORT, 'incident_note is append-only'); END;
CREATE TRIGGER incident_note_refuses_delete BEFORE DELETE ON incident_note
BEGIN SELECT RAISE(ABORT, 'incident_note is append-only'); END;
