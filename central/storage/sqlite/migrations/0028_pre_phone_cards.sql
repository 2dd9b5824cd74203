-- Cards in phones: which card the code of a handle is of. One is live for a card at a time; how the code is
-- made is nowhere here, its keys are made from the group's.
CREATE TABLE phone_card (
    group_id    TEXT    NOT NULL,
    handle      TEXT    NOT NULL CHECK (handle <> ''),
    card_number TEXT    NOT NULL,
    made_ms     INTEGER NOT NULL,
    ended_ms    INTEGER,
    actor       TEXT    NOT NULL,
    PRIMARY KEY (group_id, handle),
    FOREIGN KEY (group_id, card_number) REFERENCES card
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX phone_card_live ON phone_card (group_id, card_number) WHERE ended_ms IS NULL;
