-- What the counter lets go of, and who belongs to an association, is found without reading all of a group's.
CREATE INDEX parked_ticket_by_end ON parked_ticket (group_id, shop_id, expires_ms) WHERE sealed IS NOT NULL;
CREATE INDEX member_association_by_association ON member_association (group_id, association_id)
    WHERE to_ms IS NULL;
