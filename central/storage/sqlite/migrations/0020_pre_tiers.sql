-- Until which day a tier that was given by hand goes before what is worked out; who is in a tier. Adds only.
ALTER TABLE member_trait ADD COLUMN until_day TEXT;
CREATE INDEX member_trait_by_tier ON member_trait (group_id, value, member_id) WHERE kind = 'tier' AND to_ms IS NULL;
