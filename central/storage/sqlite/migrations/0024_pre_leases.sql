-- Points set aside for one terminal to burn in a cut. What is kept of them is a hold `lease/<id>/<hold_no>`,
-- made anew with every burn that is settled; `drawn` of `amount` is settled.
CREATE TABLE lease (
    group_id    TEXT    NOT NULL REFERENCES pharmacy_group,
    lease_id    TEXT    NOT NULL,
    input_hash  BLOB    NOT NULL,
    terminal_id TEXT    NOT NULL,
    shop_id     TEXT    NOT NULL,
    member_id   TEXT    NOT NULL,
    card_number TEXT    NOT NULL,
    medium      TEXT    NOT NULL,
    tap_counter INTEGER,
    asset       TEXT    NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    drawn       INTEGER NOT NULL DEFAULT 0 CHECK (drawn BETWEEN 0 AND amount),
    hold_no     INTEGER NOT NULL DEFAULT 0,
    state       TEXT    NOT NULL CHECK (state IN ('live', 'returned', 'lost', 'ended')),
    document    TEXT    NOT NULL,
    granted_ms  INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    ended_ms    INTEGER,
    ended_by    TEXT,
    reason      TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (group_id, lease_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_by_terminal ON lease (group_id, terminal_id, lease_id) WHERE state = 'live';
CREATE INDEX lease_by_member ON lease (group_id, member_id, lease_id) WHERE state = 'live';
CREATE INDEX lease_by_end ON lease (group_id, expires_ms, lease_id) WHERE state = 'live';

-- Burns of a lease, as they were settled: `at_risk` of the points the group paid for, and why.
CREATE TABLE lease_draw (
    group_id    TEXT    NOT NULL,
    lease_id    TEXT    NOT NULL,
    sale_id     TEXT    NOT NULL,
    terminal_id TEXT    NOT NULL,
    points      INTEGER NOT NULL CHECK (points > 0),
    at_risk     INTEGER NOT NULL CHECK (at_risk BETWEEN 0 AND points),
    reason      TEXT    NOT NULL,
    tap_uid     TEXT,
    tap_counter INTEGER,
    drawn_ms    INTEGER NOT NULL,
    settled_ms  INTEGER NOT NULL,
    PRIMARY KEY (group_id, lease_id, sale_id),
    FOREIGN KEY (group_id, lease_id) REFERENCES lease
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lease_draw_by_sale ON lease_draw (group_id, sale_id);
CREATE INDEX lease_draw_by_tap ON lease_draw (group_id, tap_uid, tap_counter) WHERE tap_uid IS NOT NULL;
