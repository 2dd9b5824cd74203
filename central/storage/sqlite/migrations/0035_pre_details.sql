-- What a member writes to a pharmacy in own words, sealed under the member's key.
ALTER TABLE shop_message ADD COLUMN sealed BLOB;
