-- A reservation that another took the place of, and which: a ticket that still names the old one is booked under the new.
ALTER TABLE reservation ADD COLUMN replaced_by TEXT COLLATE "C";
