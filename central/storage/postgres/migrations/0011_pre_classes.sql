-- What medicines are (ATC), for classes of members who agreed to them; who brought whom, by the sponsor. Adds only.

ALTER TABLE article ADD COLUMN atc TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE article_version ADD COLUMN atc TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX article_by_atc ON article (group_id, atc) WHERE atc <> '';

CREATE INDEX member_trait_by_sponsor ON member_trait (group_id, value, member_id)
    WHERE kind = 'sponsor' AND to_ms IS NULL;
