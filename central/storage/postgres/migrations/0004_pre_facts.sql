-- What rules may read of lines and members: tax rates, traits in time, purchases counted as they come. Adds only.

ALTER TABLE article ADD COLUMN tax_rate_bp BIGINT CHECK (tax_rate_bp BETWEEN 0 AND 10000);
ALTER TABLE article_version ADD COLUMN tax_rate_bp BIGINT CHECK (tax_rate_bp BETWEEN 0 AND 10000);
ALTER TABLE line_store_line ADD COLUMN tax_rate_bp BIGINT CHECK (tax_rate_bp BETWEEN 0 AND 10000);

-- Tier, grade, sponsor (at most one at a time) and segments of a member, each from a moment to a moment.
CREATE TABLE member_trait (
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    member_id TEXT COLLATE "C" NOT NULL,
    entry_no  BIGINT NOT NULL CHECK (entry_no >= 1),
    kind      TEXT COLLATE "C" NOT NULL CHECK (kind IN ('tier', 'grade', 'sponsor', 'segment')),
    value     TEXT COLLATE "C" NOT NULL CHECK (value <> '' AND (kind <> 'sponsor' OR value <> member_id)),
    from_ms   BIGINT NOT NULL,
    to_ms     BIGINT CHECK (to_ms >= from_ms),
    actor     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, member_id, entry_no),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
CREATE INDEX member_trait_by_end ON member_trait (group_id, member_id, to_ms);
CREATE UNIQUE INDEX member_trait_alone ON member_trait (group_id, member_id, kind)
    WHERE to_ms IS NULL AND kind <> 'segment';
CREATE UNIQUE INDEX member_trait_once ON member_trait (group_id, member_id, value)
    WHERE to_ms IS NULL AND kind = 'segment';

-- What came back of a sale, so that what a member spent is one range of one index.
ALTER TABLE sale ADD COLUMN returned_minor BIGINT NOT NULL DEFAULT 0 CHECK (returned_minor >= 0);
UPDATE sale SET returned_minor = (
    SELECT sum(back.total_minor) FROM sale_return AS back
    WHERE back.group_id = sale.group_id AND back.sale_id = sale.sale_id)
WHERE EXISTS (
    SELECT 1 FROM sale_return AS back WHERE back.group_id = sale.group_id AND back.sale_id = sale.sale_id);
CREATE INDEX sale_by_member_amount ON sale (group_id, member_id, occurred_ms, total_minor, returned_minor)
    WHERE member_id IS NOT NULL;

-- How many tickets a member has, and how many of them came back whole: no quote counts a whole history.
CREATE TABLE member_purchases (
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    member_id TEXT COLLATE "C" NOT NULL,
    tickets   BIGINT NOT NULL CHECK (tickets >= 0),
    returned  BIGINT NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND tickets),
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member
);
INSERT INTO member_purchases (group_id, member_id, tickets, returned)
SELECT group_id, member_id, count(*), count(*) FILTER (WHERE total_minor > 0 AND returned_minor >= total_minor)
FROM sale WHERE member_id IS NOT NULL GROUP BY group_id, member_id;
