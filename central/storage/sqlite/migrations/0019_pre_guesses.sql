-- Numbers of gift cards and vouchers that nobody has, by who tried them: one count for all workers.
CREATE TABLE guess (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    token_id TEXT    NOT NULL,
    guess_no INTEGER NOT NULL CHECK (guess_no >= 1),
    tried_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, token_id, guess_no)
) STRICT, WITHOUT ROWID;

-- When head office was told of them last.
CREATE TABLE guess_report (
    group_id TEXT    NOT NULL REFERENCES pharmacy_group,
    token_id TEXT    NOT NULL,
    told_ms  INTEGER NOT NULL,
    PRIMARY KEY (group_id, token_id)
) STRICT, WITHOUT ROWID;
