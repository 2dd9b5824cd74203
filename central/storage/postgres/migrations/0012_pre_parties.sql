-- Suppliers and associations of a group: who may fund rules, vouchers and lots, and whom statements go to.
CREATE TABLE party (
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES pharmacy_group,
    kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('supplier', 'association')),
    party_id       TEXT COLLATE "C" NOT NULL CHECK (party_id <> ''),
    name           TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    street         TEXT COLLATE "C" NOT NULL,
    postcode       TEXT COLLATE "C" NOT NULL,
    city           TEXT COLLATE "C" NOT NULL,
    country        TEXT COLLATE "C" NOT NULL,
    email          TEXT COLLATE "C" NOT NULL,
    language       TEXT COLLATE "C" NOT NULL,
    tax_number     TEXT COLLATE "C" NOT NULL,
    bank_account   TEXT COLLATE "C" NOT NULL,
    bank_reference TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'ended')),
    PRIMARY KEY (group_id, kind, party_id)
);

-- Associations stood in the settings, as names by id; they are read there no more.
INSERT INTO party (group_id, kind, party_id, name, street, postcode, city, country, email, language, tax_number,
    bank_account, bank_reference, state)
SELECT g.group_id, 'association', named.key, named.value, '', '', '', '', '', '', '', '', '', 'active'
FROM pharmacy_group AS g,
    jsonb_each_text(COALESCE(CAST(NULLIF(g.settings, '') AS jsonb) -> 'associations', '{}')) AS named
WHERE named.key <> '' AND named.value <> '';
