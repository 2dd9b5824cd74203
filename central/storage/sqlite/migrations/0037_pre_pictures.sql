-- Posters of the attract screen: words, days and hours as one JSON document.
CREATE TABLE poster (
    group_id   TEXT    NOT NULL,
    poster_id  TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, poster_id),
    FOREIGN KEY (group_id) REFERENCES pharmacy_group
) STRICT, WITHOUT ROWID;

-- Files of pictures, made anew from what was handed in, fetched by their hash. used_by: poster/<id> or logo.
CREATE TABLE picture (
    group_id TEXT    NOT NULL,
    used_by  TEXT    NOT NULL,
    size     TEXT    NOT NULL,
    sha256   TEXT    NOT NULL,
    width    INTEGER NOT NULL,
    height   INTEGER NOT NULL,
    content  BLOB    NOT NULL,
    PRIMARY KEY (group_id, used_by, size),
    FOREIGN KEY (group_id) REFERENCES pharmacy_group
) STRICT;
CREATE INDEX picture_by_hash ON picture (group_id, sha256);

-- Somebody of head office asks to see a terminal's screen; staff there answer. One is open at a time.
CREATE TABLE screen_watch (
    group_id    TEXT    NOT NULL,
    watch_id    TEXT    NOT NULL,
    input_hash  BLOB    NOT NULL,
    terminal_id TEXT    NOT NULL,
    shop_id     TEXT    NOT NULL,
    who         TEXT    NOT NULL,
    minutes     INTEGER NOT NULL,
    asked_by    TEXT    NOT NULL,
    asked_ms    INTEGER NOT NULL,
    ends_ms     INTEGER NOT NULL,
    answered_ms INTEGER,
    answered_by TEXT,
    ended_ms    INTEGER,
    ended_why   TEXT,
    frames      INTEGER NOT NULL,
    PRIMARY KEY (group_id, watch_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    CHECK ((answered_ms IS NULL) = (answered_by IS NULL)),
    CHECK ((ended_ms IS NULL) = (ended_why IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX screen_watch_open ON screen_watch (group_id, terminal_id) WHERE ended_ms IS NULL;
CREATE INDEX screen_watch_by_time ON screen_watch (group_id, asked_ms);

-- The last picture and what the doctor says, while a watch runs; gone with its end.
CREATE TABLE screen_frame (
    group_id  TEXT    NOT NULL,
    watch_id  TEXT    NOT NULL,
    frame_no  INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL,
    is_hidden INTEGER NOT NULL CHECK (is_hidden IN (0, 1)),
    content   BLOB    NOT NULL,
    diagnosis TEXT    NOT NULL,
    PRIMARY KEY (group_id, watch_id),
    FOREIGN KEY (group_id, watch_id) REFERENCES screen_watch
) STRICT;
