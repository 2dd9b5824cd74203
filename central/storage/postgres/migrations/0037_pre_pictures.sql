-- Posters of the attract screen: words, days and hours as one JSON document.
CREATE TABLE poster (
    group_id   TEXT COLLATE "C" NOT NULL,
    poster_id  TEXT COLLATE "C" NOT NULL,
    body       TEXT COLLATE "C" NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (group_id, poster_id),
    FOREIGN KEY (group_id) REFERENCES pharmacy_group
);

-- Files of pictures, made anew from what was handed in, fetched by their hash. used_by: poster/<id> or logo.
CREATE TABLE picture (
    group_id TEXT COLLATE "C" NOT NULL,
    used_by  TEXT COLLATE "C" NOT NULL,
    size     TEXT COLLATE "C" NOT NULL,
    sha256   TEXT COLLATE "C" NOT NULL,
    width    BIGINT NOT NULL,
    height   BIGINT NOT NULL,
    content  BYTEA NOT NULL,
    PRIMARY KEY (group_id, used_by, size),
    FOREIGN KEY (group_id) REFERENCES pharmacy_group
);
CREATE INDEX picture_by_hash ON picture (group_id, sha256);

-- Somebody of head office asks to see a terminal's screen; staff there answer. One is open at a time.
CREATE TABLE screen_watch (
    group_id    TEXT COLLATE "C" NOT NULL,
    watch_id    TEXT COLLATE "C" NOT NULL,
    input_hash  BYTEA NOT NULL,
    terminal_id TEXT COLLATE "C" NOT NULL,
    shop_id     TEXT COLLATE "C" NOT NULL,
    who         TEXT COLLATE "C" NOT NULL,
    minutes     BIGINT NOT NULL,
    asked_by    TEXT COLLATE "C" NOT NULL,
    asked_ms    BIGINT NOT NULL,
    ends_ms     BIGINT NOT NULL,
    answered_ms BIGINT,
    answered_by TEXT COLLATE "C",
    ended_ms    BIGINT,
    ended_why   TEXT COLLATE "C",
    frames      BIGINT NOT NULL,
    PRIMARY KEY (group_id, watch_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    CHECK ((answered_ms IS NULL) = (answered_by IS NULL)),
    CHECK ((ended_ms IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX screen_watch_open ON screen_watch (group_id, terminal_id) WHERE ended_ms IS NULL;
CREATE INDEX screen_watch_by_time ON screen_watch (group_id, asked_ms);

-- The last picture and what the doctor says, while a watch runs; gone with its end.
CREATE TABLE screen_frame (
    group_id  TEXT COLLATE "C" NOT NULL,
    watch_id  TEXT COLLATE "C" NOT NULL,
    frame_no  BIGINT NOT NULL,
    at_ms     BIGINT NOT NULL,
    is_hidden BIGINT NOT NULL CHECK (is_hidden IN (0, 1)),
    content   BYTEA NOT NULL,
    diagnosis TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, watch_id),
    FOREIGN KEY (group_id, watch_id) REFERENCES screen_watch
);
