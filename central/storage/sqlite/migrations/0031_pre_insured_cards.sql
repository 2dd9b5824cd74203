-- Insured-person cards that members agreed to be known by: a keyed hash of a keyed hash, never a number. Rows go
-- when the consent is withdrawn and with an erasure.
CREATE TABLE insured_card (
    group_id    TEXT    NOT NULL,
    card_hash   BLOB    NOT NULL,
    card_number TEXT    NOT NULL,
    linked_ms   INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    PRIMARY KEY (group_id, card_hash),
    FOREIGN KEY (group_id, card_number) REFERENCES card
) STRICT, WITHOUT ROWID;
CREATE INDEX insured_card_by_card ON insured_card (group_id, card_number);
