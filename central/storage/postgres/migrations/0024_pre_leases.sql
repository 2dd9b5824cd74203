-- Points set aside for one terminal to burn in a cut. What is kept of them is a hold `lease/<id>/<hold_no>`,
-- made anew with every burn that is settled; `drawn` of `amount` is settled.
CREATE TABLE lease (
    group_id    TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    lease_id    TEXT COLLATE "C" NOT NULL,
    input_hash  BYTEA   NOT NULL,
    terminal_id TEXT COLLATE "C" NOT NULL,
    shop_id     TEXT COLLATE "C" NOT NULL,
    member_id   TEXT COLLATE "C" NOT NULL,
    card_number TEXT COLLATE "C" NOT NULL,
    medium      TEXT COLLATE "C" NOT NULL,
    tap_counter BIGINT,
    asset       TEXT COLLATE "C" NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    drawn       BIGINT NOT NULL DEFAULT 0 CHECK (drawn BETWEEN 0 AND amount),
    hold_no     BIGINT NOT NULL DEFAULT 0,
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('live', 'returned', 'lost', 'ended')),
    document    TEXT COLLATE "C" NOT NULL,
    granted_ms  BIGINT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    ended_ms    BIGINT,
    ended_by    TEXT COLLATE "C",
    reason      TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (group_id, lease_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX lease_by_terminal ON lease (group_id, terminal_id, lease_id) WHERE state = 'live';
CREATE INDEX lease_by_member ON lease (group_id, member_id, lease_id) WHERE state = 'live';
CREATE INDEX lease_by_end ON lease (group_id, expires_ms, lease_id) WHERE state = 'live';

-- Burns of a lease, as they were settled: `at_risk` of the points the group paid for, and why.
CREATE TABLE lease_draw (
    group_id    TEXT COLLATE "C" NOT NULL,
    lease_id    TEXT COLLATE "C" NOT NULL,
    sale_id     TEXT COLLATE "C" NOT NULL,
    terminal_id TEXT COLLATE "C" NOT NULL,
    points      BIGINT NOT NULL CHECK (points > 0),
    at_risk     BIGINT NOT NULL CHECK (at_risk BETWEEN 0 AND points),
    reason      TEXT COLLATE "C" NOT NULL,
    tap_uid     TEXT COLLATE "C",
    tap_counter BIGINT,
    drawn_ms    BIGINT NOT NULL,
    settled_ms  BIGINT NOT NULL,
    PRIMARY KEY (group_id, lease_id, sale_id),
    FOREIGN KEY (group_id, lease_id) REFERENCES lease
);
CREATE UNIQUE INDEX lease_draw_by_sale ON lease_draw (group_id, sale_id);
CREATE INDEX lease_draw_by_tap ON lease_draw (group_id, tap_uid, tap_counter) WHERE tap_uid IS NOT NULL;
