-- Staff who agreed to be shown to members, by name; taken back, the row is gone. And which of them is whose pharmacist:
-- chosen by the member, or by staff for them. Gone with the member.
CREATE TABLE staff_shown (
    group_id TEXT COLLATE "C" NOT NULL,
    staff_id TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    title    TEXT COLLATE "C" NOT NULL CHECK (title IN ('pharmacist', 'assistant')),
    agreed_ms BIGINT NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, staff_id),
    FOREIGN KEY (group_id, staff_id) REFERENCES staff
);
CREATE TABLE member_pharmacist (
    group_id  TEXT COLLATE "C" NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    staff_id  TEXT COLLATE "C" NOT NULL,
    chosen_by TEXT COLLATE "C" NOT NULL CHECK (chosen_by IN ('member', 'staff')),
    at_ms     BIGINT NOT NULL,
    actor     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id, member_id) REFERENCES member,
    FOREIGN KEY (group_id, staff_id) REFERENCES staff
);

-- Whom a member's message to the pharmacy is for, where it is for one person.
ALTER TABLE shop_message ADD COLUMN staff_id TEXT COLLATE "C";
