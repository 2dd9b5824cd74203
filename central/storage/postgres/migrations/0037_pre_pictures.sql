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
