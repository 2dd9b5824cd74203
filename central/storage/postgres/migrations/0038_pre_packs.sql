-- What a group tells of an article beside its name and price: a short text by language, one JSON document.
CREATE TABLE article_text (
    group_id   TEXT COLLATE "C" NOT NULL,
    article_id TEXT COLLATE "C" NOT NULL,
    texts      TEXT COLLATE "C" NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (group_id, article_id),
    FOREIGN KEY (group_id, article_id) REFERENCES article
);

-- How many of an article lay in a shop when its stock system last said so.
CREATE TABLE shop_stock (
    group_id   TEXT COLLATE "C" NOT NULL,
    shop_id    TEXT COLLATE "C" NOT NULL,
    article_id TEXT COLLATE "C" NOT NULL,
    units      BIGINT NOT NULL CHECK (units >= 0),
    as_of_ms   BIGINT NOT NULL,
    PRIMARY KEY (group_id, shop_id, article_id),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, article_id) REFERENCES article
);
