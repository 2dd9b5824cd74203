-- What happens at the counter. Adds only.

-- Secret codes, as slow hashes: of cards (`card/<number>`) and of clerks (`staff/<id>`). `tries`: wrong ones
-- since the last right one; `version`: how often it was set.
CREATE TABLE pin (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    owner    TEXT COLLATE "C" NOT NULL,
    hash     BYTEA NOT NULL,
    version  BIGINT NOT NULL CHECK (version >= 1),
    tries    BIGINT NOT NULL CHECK (tries >= 0),
    set_by   TEXT COLLATE "C" NOT NULL,
    set_ms   BIGINT NOT NULL,
    PRIMARY KEY (group_id, owner)
);

-- Who serves at the counter, by the short name that head office gave; without a shop in all of them.
CREATE TABLE staff (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    staff_id TEXT COLLATE "C" NOT NULL,
    role     TEXT COLLATE "C" NOT NULL CHECK (role <> ''),
    shop_id  TEXT COLLATE "C",
    put_ms   BIGINT NOT NULL,
    ended_ms BIGINT,
    PRIMARY KEY (group_id, staff_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
);

-- What clerks did: limits are counted here. `reason` is a word of a list, never free text.
CREATE TABLE counter_act (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    act_id     TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    input_hash BYTEA NOT NULL,
    shop_id    TEXT COLLATE "C" NOT NULL,
    token_id   TEXT COLLATE "C" NOT NULL,
    staff_id   TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    member_id  TEXT COLLATE "C",
    from_id    TEXT COLLATE "C",
    sale_id    TEXT COLLATE "C",
    reason     TEXT COLLATE "C" NOT NULL,
    day        TEXT COLLATE "C" NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (group_id, act_id)
);
CREATE INDEX counter_act_by_staff ON counter_act (group_id, staff_id, kind, day);
CREATE INDEX counter_act_by_member ON counter_act (group_id, member_id, kind, day) WHERE member_id IS NOT NULL;
CREATE INDEX counter_act_by_time ON counter_act (group_id, at_ms);
-- What the counter hands to head office with one press (C-34), and each step that was taken; what was written is
-- sealed by the member's key, or the group's.
CREATE TABLE incident (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    incident_id TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'taken', 'answered', 'closed')),
    input_hash  BYTEA NOT NULL,
    shop_id     TEXT COLLATE "C" NOT NULL,
    token_id    TEXT COLLATE "C" NOT NULL,
    staff_id    TEXT COLLATE "C" NOT NULL,
    member_id   TEXT COLLATE "C",
    sale_id     TEXT COLLATE "C",
    taken_by    TEXT COLLATE "C",
    notes       BIGINT NOT NULL CHECK (notes >= 0),
    opened_ms   BIGINT NOT NULL,
    changed_ms  BIGINT NOT NULL,
    PRIMARY KEY (group_id, incident_id)
);
CREATE INDEX incident_by_state ON incident (group_id, state, opened_ms);
CREATE INDEX incident_by_member ON incident (group_id, member_id) WHERE member_id IS NOT NULL;

CREATE TABLE incident_note (
    group_id    TEXT COLLATE "C" NOT NULL,
    incident_id TEXT COLLATE "C" NOT NULL,
    note_no     BIGINT NOT NULL CHECK (note_no >= 1),
    act         TEXT COLLATE "C" NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    sealed      BYTEA,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (group_id, incident_id, note_no),
    FOREIGN KEY (group_id, incident_id) REFERENCES incident
);

-- Baskets put aside at the counter, sealed by the group's key, taken up once or forgotten.
CREATE TABLE parked_ticket (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    parked_id  TEXT COLLATE "C" NOT NULL,
    input_hash BYTEA NOT NULL,
    shop_id    TEXT COLLATE "C" NOT NULL,
    staff_id   TEXT COLLATE "C" NOT NULL,
    label      TEXT COLLATE "C" NOT NULL,
    sealed     BYTEA,
    parked_ms  BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    taken_ms   BIGINT,
    taken_by   TEXT COLLATE "C",
    PRIMARY KEY (group_id, parked_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop
);
CREATE INDEX parked_ticket_waiting ON parked_ticket (group_id, shop_id, parked_ms) WHERE taken_ms IS NULL;

-- Paper forms that were filled in at the counter: whose data are keyed in later.
CREATE TABLE member_form (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    form_number  TEXT COLLATE "C" NOT NULL,
    member_id    TEXT COLLATE "C" NOT NULL,
    taken_ms     BIGINT NOT NULL,
    completed_ms BIGINT,
    PRIMARY KEY (group_id, form_number),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX member_form_by_member ON member_form (group_id, member_id);

-- Keyed hashes of what a member is found by without a card; they go with the member's data.
CREATE TABLE member_word (
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    word      BYTEA NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, word, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX member_word_by_member ON member_word (group_id, member_id);

CREATE TRIGGER counter_act_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON counter_act
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER incident_note_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON incident_note
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
