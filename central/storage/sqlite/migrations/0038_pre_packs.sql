-- What a group tells of an article beside its name and price: a short text by language, one JSON document.
CREATE TABLE article_text (
    group_id   TEXT    NOT NULL,
    article_id TEXT    NOT NULL,
    texts      TEXT    NOT NULL,
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, article_id),
    FOREIGN KEY (group_id, article_id) REFERENCES article
) STRICT, WITHOUT ROWID;

-- How many of an article lay in a shop when its stock system last said so.
CREATE TABLE shop_stock (
    group_id   TEXT    NOT NULL,
    shop_id    TEXT    NOT NULL,
    article_id TEXT    NOT NULL,
    units      INTEGER NOT NULL CHECK (units >= 0),
    as_of_ms   INTEGER NOT NULL,
    PRIMARY KEY (group_id, shop_id, article_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, article_id) REFERENCES article
) STRICT, WITHOUT ROWID;
