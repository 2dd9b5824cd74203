-- Games on the kiosk: a pool of prizes as it was published. Stock and budget are accounts of the ledger; what
-- players were told of odds never changes, `version` counts what may (more stock, more budget, names, last day).
CREATE TABLE game (
    group_id     TEXT    NOT NULL REFERENCES pharmacy_group,
    game_id      TEXT    NOT NULL,
    version      INTEGER NOT NULL CHECK (version >= 1),
    definition   TEXT    NOT NULL,
    last_day     TEXT    NOT NULL,
    published_ms INTEGER NOT NULL,
    changed_ms   INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    PRIMARY KEY (group_id, game_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX game_by_last_day ON game (group_id, last_day, game_id);

-- A play with its draw: `drawn_id` is whose number it was, `prize_id` what was given. `number` is NULL where a
-- quiz drew nothing. No answer to a question is kept.
CREATE TABLE game_play (
    group_id         TEXT    NOT NULL,
    play_id          TEXT    NOT NULL,
    input_hash       BLOB    NOT NULL,
    game_id          TEXT    NOT NULL,
    member_id        TEXT    NOT NULL,
    shop_id          TEXT    NOT NULL,
    terminal_id      TEXT,
    actor            TEXT    NOT NULL,
    day              TEXT    NOT NULL,
    play_no          INTEGER NOT NULL CHECK (play_no >= 0),
    plays_left       INTEGER NOT NULL CHECK (plays_left >= 0),
    server_seed      TEXT    NOT NULL,
    client_seed      TEXT    NOT NULL,
    number           INTEGER,
    out_of           INTEGER NOT NULL,
    drawn_id         TEXT    NOT NULL,
    prize_id         TEXT    NOT NULL,
    right_count      INTEGER NOT NULL,
    code_hash        BLOB,
    last_day         TEXT    NOT NULL,
    recorded_ms      INTEGER NOT NULL,
    transaction_id   TEXT,
    handover_id      TEXT,
    handover_hash    BLOB,
    handed_shop_id   TEXT,
    handed_operator  TEXT    NOT NULL DEFAULT '',
    handed_actor     TEXT,
    handed_ms        INTEGER,
    handover_transaction_id TEXT,
    PRIMARY KEY (group_id, play_id),
    FOREIGN KEY (group_id, game_id) REFERENCES game,
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((transaction_id IS NULL) = (prize_id = '')),
    CHECK ((handed_ms IS NULL) = (handover_id IS NULL)),
    CHECK ((handed_ms IS NULL) = (handover_transaction_id IS NULL)),
    CHECK (handed_ms IS NULL OR code_hash IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX game_play_by_game ON game_play (group_id, game_id, play_id);
CREATE INDEX game_play_by_member ON game_play (group_id, member_id);
CREATE UNIQUE INDEX game_play_by_code ON game_play (group_id, code_hash) WHERE code_hash IS NOT NULL;
CREATE UNIQUE INDEX game_play_by_handover ON game_play (group_id, handover_id) WHERE handover_id IS NOT NULL;
