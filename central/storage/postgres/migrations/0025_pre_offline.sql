-- Prices and rules that terminals work with offline; `content` deflated. Shops of one country share it.
CREATE TABLE offline_content (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    content_hash TEXT COLLATE "C" NOT NULL,
    content      BYTEA   NOT NULL,
    PRIMARY KEY (group_id, content_hash)
);

-- Which of them a shop was given, in order: a late ticket names its own.
CREATE TABLE offline_bundle (
    group_id        TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    shop_id         TEXT COLLATE "C" NOT NULL,
    number          BIGINT  NOT NULL CHECK (number >= 1),
    bundle_id       TEXT COLLATE "C" NOT NULL,
    content_hash    TEXT COLLATE "C" NOT NULL,
    time_zone       TEXT COLLATE "C" NOT NULL,
    ruleset_version BIGINT  NOT NULL,
    made_ms         BIGINT  NOT NULL,
    replaced_ms     BIGINT ,
    PRIMARY KEY (group_id, shop_id, number),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, content_hash) REFERENCES offline_content
);
CREATE UNIQUE INDEX offline_bundle_by_id ON offline_bundle (group_id, shop_id, bundle_id);
CREATE INDEX offline_bundle_by_content ON offline_bundle (group_id, content_hash);

-- Cards that a terminal must know of offline: each once, under the number of its last change.
CREATE TABLE hot_card (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    card_number TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL CHECK (seq >= 1),
    is_hot      BIGINT NOT NULL CHECK (is_hot IN (0, 1)),
    PRIMARY KEY (group_id, card_number),
    FOREIGN KEY (group_id, card_number) REFERENCES card
);
CREATE UNIQUE INDEX hot_card_by_seq ON hot_card (group_id, seq);
INSERT INTO hot_card (group_id, card_number, seq, is_hot)
SELECT group_id, card_number, row_number() OVER (PARTITION BY group_id ORDER BY card_number), 1
FROM card WHERE state IN ('blocked', 'replaced', 'expired');

-- Tickets that were priced offline: what was told, what the bundle says, what was booked.
CREATE TABLE late_ticket (
    group_id           TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    sale_id            TEXT COLLATE "C" NOT NULL,
    shop_id            TEXT COLLATE "C" NOT NULL,
    bundle_id          TEXT COLLATE "C" NOT NULL,
    recorded_ms        BIGINT NOT NULL,
    occurred_ms        BIGINT NOT NULL,
    told_total_minor   BIGINT NOT NULL,
    told_points        BIGINT NOT NULL,
    bundle_total_minor BIGINT,
    bundle_points      BIGINT,
    total_minor        BIGINT NOT NULL,
    points             BIGINT NOT NULL,
    member_total_minor BIGINT,
    differs            BIGINT NOT NULL CHECK (differs IN (0, 1)),
    PRIMARY KEY (group_id, sale_id),
    FOREIGN KEY (group_id, sale_id) REFERENCES sale
);
CREATE INDEX late_ticket_by_time ON late_ticket (group_id, recorded_ms DESC, sale_id DESC);
CREATE INDEX late_ticket_differing ON late_ticket (group_id, recorded_ms DESC, sale_id DESC) WHERE differs = 1;
