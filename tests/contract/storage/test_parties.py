"""Suppliers and associations on both engines."""

from dataclasses import replace

from central.storage.base import Change, Store
from central.storage.interface.parties import PartyRow
from tests.contract.storage.factories import NOW_MS, G, a_group

SOL = PartyRow(G, "supplier", "sol", "Sol Laboratoires SA", city="Nyon", bank_account="CH9300762011623852957")


async def test_a_party_is_put_changed_and_left_alone(store: Store) -> None:
    assert await store.put_party(SOL, NOW_MS) is Change.CREATED
    assert await store.put_party(SOL, NOW_MS + 1) is Change.UNCHANGED
    ended = replace(SOL, state="ended")
    assert await store.put_party(ended, NOW_MS + 2) is Change.CHANGED
    assert await store.find_party(G, "supplier", "sol") == ended
    told = [(row.kind, row.body) for row in await store.list_events(G, 0, 100) if "party" in row.kind]
    assert told == [
        ("party.added", '{"party":"supplier/sol"}'),
        ("party.changed", '{"party":"supplier/sol"}'),
    ]


async def test_one_id_may_be_a_supplier_and_an_association_and_groups_do_not_meet(store: Store) -> None:
    await store.put_group(a_group("other"), "somebody")
    club = replace(SOL, kind="association", name="FC Sol")
    for row in (SOL, club, replace(SOL, group_id="other", name="Another Sol")):
        await store.put_party(row, NOW_MS)
    assert await store.list_parties(G) == [club, SOL]
    assert [row.name for row in await store.list_parties("other")] == ["Another Sol"]
    assert await store.find_party("other", "association", "sol") is None
