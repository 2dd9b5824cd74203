"""Suppliers and associations of a group."""

from collections.abc import Sequence

from central.storage.interface.common import Change
from central.storage.interface.parties import PartyRow
from central.storage.unit import Snapshot, Unit, bindings_of
from loyalty.programme.party import PartyKind

_COLUMNS = """
SELECT group_id, kind, party_id, name, street, postcode, city, country, email, language,
    tax_number, bank_account, bank_reference, state
FROM party
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND kind = :kind AND party_id = :party_id"
_LIST = f"{_COLUMNS} WHERE group_id = :group_id AND kind = :kind ORDER BY party_id"
_PUT = """
INSERT INTO party (group_id, kind, party_id, name, street, postcode, city, country, email, language,
    tax_number, bank_account, bank_reference, state)
VALUES (:group_id, :kind, :party_id, :name, :street, :postcode, :city, :country, :email, :language,
    :tax_number, :bank_account, :bank_reference, :state)
ON CONFLICT (group_id, kind, party_id) DO UPDATE SET name = excluded.name, street = excluded.street,
    postcode = excluded.postcode, city = excluded.city, country = excluded.country, email = excluded.email,
    language = excluded.language, tax_number = excluded.tax_number, bank_account = excluded.bank_account,
    bank_reference = excluded.bank_reference, state = excluded.state
"""


def put_party(unit: Unit, row: PartyRow, now_ms: int) -> Change:
    stored = find_party(unit, row.group_id, row.kind, row.party_id)
    if row == stored:
        return Change.UNCHANGED
    unit.run(_PUT, bindings_of(row))
    kind = "party.added" if stored is None else "party.changed"
    unit.add_event(row.group_id, kind, now_ms, party=row.party)
    return Change.CREATED if stored is None else Change.CHANGED


def find_party(snapshot: Snapshot, group_id: str, kind: str, party_id: str) -> PartyRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "kind": kind, "party_id": party_id})
    return None if row is None else PartyRow(*row)


def list_parties(snapshot: Snapshot, group_id: str) -> Sequence[PartyRow]:
    """All of a group, by kind and id."""
    return [
        PartyRow(*row)
        for kind in sorted(PartyKind)
        for row in snapshot.all(_LIST, {"group_id": group_id, "kind": kind.value})
    ]
