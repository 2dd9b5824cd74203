-- Games on the kiosk: a pool of prizes as it was published. Stock and budget are accounts of the ledger; what
-- players were told of odds never changes, `version` counts what may (more stock, more budget, names, last day).
CREATE TABLE game (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    game_id      TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL CHECK (version >= 1),
    definition   TEXT COLLATE "C" NOT NULL,
    last_day     TEXT COLLATE "C" NOT NULL,
    published_ms BIGINT NOT NULL,
    changed_ms   BIGINT NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, game_id)
);
CREATE INDEX game_by_last_day ON game (group_id, last_day, game_id);

-- A play with its draw: `drawn_id` is whose number it was, `prize_id` what was given. `number` is NULL where a
-- quiz drew nothing. No answer to a question is kept.
CREATE TABLE game_play (
    group_id         TEXT COLLATE "C" NOT NULL,
    play_id          TEXT COLLATE "C" NOT NULL,
    input_hash       BYTEA NOT NULL,
    game_id          TEXT COLLATE "C" NOT NULL,
    member_id        TEXT COLLATE "C" NOT NULL,
    shop_id          TEXT COLLATE "C" NOT NULL,
    terminal_id      TEXT COLLATE "C",
    actor            TEXT COLLATE "C" NOT NULL,
    day              TEXT COLLATE "C" NOT NULL,
    play_no          BIGINT NOT NULL CHECK (play_no >= 0),
    plays_left       BIGINT NOT NULL CHECK (plays_left >= 0),
    server_seed      TEXT COLLATE "C" NOT NULL,
    client_seed      TEXT COLLATE "C" NOT NULL,
    number           BIGINT,
    out_of           BIGINT NOT NULL,
    drawn_id         TEXT COLLATE "C" NOT NULL,
    prize_id         TEXT COLLATE "C" NOT NULL,
    right_count      BIGINT NOT NULL,
    code_hash        BYTEA,
    last_day         TEXT COLLATE "C" NOT NULL,
    recorded_ms      BIGINT NOT NULL,
    transaction_id   TEXT COLLATE "C",
    handover_id      TEXT COLLATE "C",
    handover_hash    BYTEA,
    handed_shop_id   TEXT COLLATE "C",
    handed_operator  TEXT COLLATE "C" NOT NULL DEFAULT '',
    handed_actor     TEXT COLLATE "C",
    handed_ms        BIGINT,
    handover_transaction_id TEXT COLLATE "C",
    PRIMARY KEY (group_id, play_id),
    FOREIGN KEY (group_id, game_id) REFERENCES game,
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    CHECK ((transaction_id IS NULL) = (prize_id = '')),
    CHECK ((handed_ms IS NULL) = (handover_id IS NULL)),
    CHECK ((handed_ms IS NULL) = (handover_transaction_id IS NULL)),
    CHECK (handed_ms IS NULL OR code_hash IS NOT NULL)
);
CREATE INDEX game_play_by_game ON game_play (group_id, game_id, play_id);
CREATE INDEX game_play_by_member ON game_play (group_id, member_id);
CREATE UNIQUE INDEX game_play_by_code ON game_play (group_id, code_hash) WHERE code_hash IS NOT NULL;
CREATE UNIQUE INDEX game_play_by_handover ON game_play (group_id, handover_id) WHERE handover_id IS NOT NULL;
