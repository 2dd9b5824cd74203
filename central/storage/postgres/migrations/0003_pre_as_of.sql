-- The moment whose prices and classes a sale stands on: its quote's, else its own. A replay needs no quote.

ALTER TABLE sale ADD COLUMN as_of_ms BIGINT;
