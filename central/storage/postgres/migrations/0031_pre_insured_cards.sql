-- Insured-person cards that members agreed to be known by: a keyed hash of a keyed hash, never a number. Rows go
-- when the consent is withdrawn and with an erasure.
CREATE TABLE insured_card (
    group_id    TEXT COLLATE "C" NOT NULL,
    card_hash   BYTEA   NOT NULL,
    card_number TEXT COLLATE "C" NOT NULL,
    linked_ms   BIGINT NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, card_hash),
    FOREIGN KEY (group_id, card_number) REFERENCES card
);
CREATE INDEX insured_card_by_card ON insured_card (group_id, card_number);
