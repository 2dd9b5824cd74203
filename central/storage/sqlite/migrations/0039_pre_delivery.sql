-- What the other side said of a message after it took it: it came to its reader, or it never will.
ALTER TABLE message ADD COLUMN delivery TEXT NOT NULL DEFAULT ''
    CHECK (delivery IN ('', 'delivered', 'undelivered'));
ALTER TABLE message ADD COLUMN delivery_ms INTEGER;
CREATE INDEX message_by_delivery ON message (group_id, delivery, made_ms, message_id) WHERE delivery <> '';
