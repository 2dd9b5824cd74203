-- Cards in phones: which card the code of a handle is of. One is live for a card at a time; how the code is
-- made is nowhere here, its keys are made from the group's.
CREATE TABLE phone_card (
    group_id    TEXT COLLATE "C" NOT NULL,
    handle      TEXT COLLATE "C" NOT NULL CHECK (handle <> ''),
    card_number TEXT COLLATE "C" NOT NULL,
    made_ms     BIGINT NOT NULL,
    ended_ms    BIGINT,
    actor       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, handle),
    FOREIGN KEY (group_id, card_number) REFERENCES card
);
CREATE UNIQUE INDEX phone_card_live ON phone_card (group_id, card_number) WHERE ended_ms IS NULL;
