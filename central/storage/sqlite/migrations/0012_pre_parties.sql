-- Suppliers and associations of a group: who may fund rules, vouchers and lots, and whom statements go to.
CREATE TABLE party (
    group_id       TEXT    NOT NULL REFERENCES pharmacy_group,
    kind           TEXT    NOT NULL CHECK (kind IN ('supplier', 'association')),
    party_id       TEXT    NOT NULL CHECK (party_id <> ''),
    name           TEXT    NOT NULL CHECK (name <> ''),
    street         TEXT    NOT NULL,
    postcode       TEXT    NOT NULL,
    city           TEXT    NOT NULL,
    country        TEXT    NOT NULL,
    email          TEXT    NOT NULL,
    language       TEXT    NOT NULL,
    tax_number     TEXT    NOT NULL,
    bank_account   TEXT    NOT NULL,
    bank_reference TEXT    NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('active', 'ended')),
    PRIMARY KEY (group_id, kind, party_id)
) STRICT, WITHOUT ROWID;

-- Associations stood in the settings, as names by id; they are read there no more.
INSERT INTO party (group_id, kind, party_id, name, street, postcode, city, country, email, language, tax_number,
    bank_account, bank_reference, state)
SELECT g.group_id, 'association', named.key, named.value, '', '', '', '', '', '', '', '', '', 'active'
FROM pharmacy_group AS g
JOIN json_each(CASE WHEN json_valid(g.settings) THEN g.settings ELSE '{}' END, '$.associations') AS named
WHERE named.key <> '' AND named.value <> '';
