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
) STRICT, WITHOUT ROWID;
CREATE INDEX picture_by_hash ON picture (group_id, sha256);
