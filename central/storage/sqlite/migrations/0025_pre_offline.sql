-- Prices and rules that terminals work with offline; `content` deflated. Shops of one country share it.
CREATE TABLE offline_content (
    group_id     TEXT    NOT NULL REFERENCES pharmacy_group,
    content_hash TEXT    NOT NULL,
    content      BLOB    NOT NULL,
    PRIMARY KEY (group_id, content_hash)
) STRICT, WITHOUT ROWID;

-- Which of them a shop was given, in order: a late ticket names its own.
CREATE TABLE offline_bundle (
    group_id        TEXT    NOT NULL REFERENCES pharmacy_group,
    shop_id         TEXT    NOT NULL,
    number          INTEGER NOT NULL CHECK (number >= 1),
    bundle_id       TEXT    NOT NULL,
    content_hash    TEXT    NOT NULL,
    time_zone       TEXT    NOT NULL,
    ruleset_version INTEGER NOT NULL,
    made_ms         INTEGER NOT NULL,
    replaced_ms     INTEGER,
    PRIMARY KEY (group_id, shop_id, number),
    FOREIGN KEY (group_id, shop_id) REFERENCES shop,
    FOREIGN KEY (group_id, content_hash) REFERENCES offline_content
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX offline_bundle_by_id ON offline_bundle (group_id, shop_id, bundle_id);
CREATE INDEX offline_bundle_by_content ON offline_bundle (group_id, content_hash);

-- Cards that a terminal must know of offline: each once, under the number of its last change.
CREATE TABLE hot_card (
    group_id    TEXT    NOT NULL REFERENCES pharmacy_group,
    card_number TEXT    NOT NULL,
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    is_hot      INTEGER NOT NULL CHECK (is_hot IN (0, 1)),
    PRIMARY KEY (group_id, card_number),
    FOREIGN KEY (group_id, card_number) REFERENCES card
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX hot_card_by_seq ON hot_card (group_id, seq);
INSERT INTO hot_card (group_id, card_number, seq, is_hot)
SELECT group_id, card_number, row_number() OVER (PARTITION BY group_id ORDER BY card_number), 1
FROM card WHERE state IN ('blocked', 'replaced', 'expired');

-- Tickets that were priced offline: what was told, what the bundle says, what was booked.
CREATE TABLE late_ticket (
    group_id           TEXT    NOT NULL REFERENCES pharmacy_group,
    sale_id            TEXT    NOT NULL,
    shop_id            TEXT    NOT NULL,
    bundle_id          TEXT    NOT NULL,
    recorded_ms        INTEGER NOT NULL,
    occurred_ms        INTEGER NOT NULL,
    told_total_minor   INTEGER NOT NULL,
    told_points        INTEGER NOT NULL,
    bundle_total_minor INTEGER,
    bundle_points      INTEGER,
    total_minor        INTEGER NOT NULL,
    points             INTEGER NOT NULL,
    member_total_minor INTEGER,
    differs            INTEGER NOT NULL CHECK (differs IN (0, 1)),
    PRIMARY KEY (group_id, sale_id),
    FOREIGN KEY (group_id, sale_id) REFERENCES sale
) STRICT, WITHOUT ROWID;
CREATE INDEX late_ticket_by_time ON late_ticket (group_id, recorded_ms DESC, sale_id DESC);
CREATE INDEX late_ticket_differing ON late_ticket (group_id, recorded_ms DESC, sale_id DESC) WHERE differs = 1;
