"""Erasing a member over HTTP: nothing of the person stays, value ends by postings, the ledger is sound."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from central.services.core.access import ROLES
from loyalty.ledger.accrual import accrual
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.sponsorship import SPONSORSHIP
from tests.central_fixture import (
    CARD,
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    Reply,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.publishing import ms
from tests.integration.central.test_value import lenient, reserve
from tests.movable_clock import MovableClock


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path) as running:
        yield running


async def erase(central: CentralUnderTest, member_id: str = MEMBER, **body: Any) -> Reply:
    return await central.post(f"members/{member_id}/erasure", body, token="office")


async def is_sound(central: CentralUnderTest) -> bool:
    return (await central.services.upkeep.reconcile(GROUP)).is_sound


async def test_the_person_goes_and_the_ledger_stays(central: CentralUnderTest) -> None:
    person = {"member_id": "m-gone", "family_name": "Zwirbel", "email": "zwirbel@example.org"}
    assert (
        await central.post("members", person | {"card_number": "2900000000116"}, token="office")
    ).status == 200
    await central.call("PATCH", "members/m-gone/traits", {"tier": "gold"}, token="office")
    await central.call("PATCH", f"members/{MEMBER}/traits", {"sponsor_id": "m-gone"}, token="office")
    await central.put("members/m-gone/consents/health", {"is_given": True})
    holder = {"medium": "typed", "value": "2900000000116"}
    sale = a_sale(central, [(SUN_CREAM, 1, 4_000)], holder=holder)
    assert (await central.post("sales", sale)).body["points"] == 40
    await central.services.standings.keep(GROUP)
    gone = await erase(central, "m-gone")
    assert (gone.status, gone.body["ended"]) == (200, [{"what": "points", "asset": "PTS/0", "amount": 40}])
    again = await erase(central, "m-gone")
    assert (again.status, again.body["ended"]) == (200, [])
    store = central.services.store
    row = await store.find_member(GROUP, "m-gone")
    assert row is not None
    assert (row.key_wrapped, row.person_sealed, row.subject_sealed, row.email_hash) == (None,) * 4
    assert await store.list_traits(GROUP, "m-gone", 10) == []
    assert await store.list_traits(GROUP, MEMBER, 10) == [], "nobody is sponsored by who is gone"
    assert await store.list_consents(GROUP, "m-gone", 10) == []
    assert await store.find_candidate(GROUP, "m-gone") is None
    assert [card.state for card in await store.list_cards(GROUP, "m-gone")] == ["blocked"]
    await central.services.standings.keep(GROUP)
    assert await store.find_candidate(GROUP, "m-gone") is None, "and nothing is worked out again"
    twin = person | {"member_id": "m-twin"}
    assert (await central.post("members", twin, token="office")).body["possible_duplicates"] == []
    assert (await central.get("members/m-gone", token="office")).body["family_name"] == ""
    assert (await central.post("sales", a_sale(central, holder=holder))).status == 422
    late = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert late.status in (200, 404, 409, 422), "never an internal error"
    assert await is_sound(central)
    assert await central.points_of("m-gone") == 0


async def test_what_stays_of_tickets_keeps_shop_and_month_and_nothing_finer(
    tmp_path: Path, engine: str
) -> None:
    """A ticket of 31 October, 23:30 in UTC, is one of November in the shop; its return comes in December."""
    assert engine
    clock = MovableClock(ms("2026-11-01T00:30:00+01:00"))
    async with a_central(tmp_path, clock) as central:
        sale = a_sale(central, [(SUN_CREAM, 2, 4_000)], operator="clerk-7")
        other = a_sale(central, [(SUN_CREAM, 1, 1_000)], by_uid(OTHER_UID), operator="clerk-7")
        for each in (sale, other):
            assert (await central.post("sales", each)).status == 200
        clock.now_ms = ms("2026-12-24T16:45:10+01:00")
        back = a_return(central, [(1, 1)])
        assert (await central.post(f"sales/{sale['sale_id']}/returns", back)).status == 200
        fix = {"correction_id": "fix-1", "member_id": MEMBER, "points": 5, "reason": "Mrs Rochat was angry"}
        assert (await central.post("corrections", fix, token="office")).status == 200
        store = central.services.store
        before = await store.find_sale(GROUP, other["sale_id"])

        assert (await erase(central)).status == 200

        row = await store.find_sale(GROUP, sale["sale_id"])
        returned = await store.find_return(GROUP, back["return_id"])
        assert row is not None
        assert returned is not None
        november, december = ms("2026-11-01T00:00:00+01:00"), ms("2026-12-01T00:00:00+01:00")
        assert (row.occurred_ms, row.recorded_ms, returned.recorded_ms) == (november, november, december)
        assert (row.shop_id, row.total_minor, row.terminal_id, row.as_of_ms) == ("lac-1", 4_000, None, None)
        assert row.business_key == f"erased/{sale['sale_id']}"
        assert returned.business_key == f"erased/{back['return_id']}"
        assert await store.find_sale(GROUP, other["sale_id"]) == before, "nobody else's"
        fixed = await store.find_correction(GROUP, "fix-1")
        assert fixed is not None
        assert (fixed.reason, fixed.points) == ("erased", 5)
        again = await central.post("sales", sale)
        assert (again.status, again.code) == (409, "lines_erased"), "known by its id, never booked again"
        assert await is_sound(central)
        await store.copy_into(tmp_path / "copy.db")
        with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
            kept = copy.execute("SELECT operator FROM sale ORDER BY sale_id = ?", (sale["sale_id"],))
            assert [operator for (operator,) in kept.fetchall()] == ["clerk-7", ""]


async def test_what_is_owed_is_forgiven(central: CentralUnderTest) -> None:
    await lenient(central)
    sale = a_sale(central, [(SUN_CREAM, 1, 100_000)])
    await central.post("sales", sale)
    donation = {"donation_id": "d-1", "holder": by_uid(), "association_id": "red-cross", "points": 900}
    assert (await central.post("donations", donation)).status == 200
    await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    ended = (await erase(central)).body["ended"]
    assert {"what": "points_owed", "asset": "PTS/0", "amount": -900} in ended
    assert await is_sound(central)


async def test_who_is_paying_is_not_erased_until_that_ends(central: CentralUnderTest) -> None:
    await lenient(central)
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 100_000)]))
    assert (await reserve(central, 500)).status == 200
    refused = await erase(central)
    assert (refused.status, refused.code) == (409, "member_is_paying")
    assert await central.points_of() == 1_000
    assert (await central.get(f"members/{MEMBER}", token="office")).body["family_name"] == "Rochat"


async def test_what_was_paid_for_must_be_confirmed_as_lost(central: CentralUnderTest) -> None:
    body = {"top_up_id": "top-1", "holder": {"medium": "typed", "value": CARD}, "amount_minor": 3_000}
    assert (await central.post("purses/top-ups", body)).status == 200
    refused = await erase(central)
    assert (refused.status, refused.code) == (422, "stored_value_left")
    assert "still holds 30.00 CHF, which" in refused.body["detail"]
    ended = (await erase(central, confirm_value=True)).body["ended"]
    assert ended == [{"what": "purse", "asset": "CHF/2", "amount": 3_000}]
    assert await is_sound(central)


async def test_erased_and_selling_at_once_leaves_books_that_agree(central: CentralUnderTest) -> None:
    sales = [central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1_000)])) for _ in range(6)]
    replies = await in_parallel([*sales, erase(central), erase(central)])
    assert all(reply.status < 500 or reply.code == "try_again" for reply in replies)
    assert (await erase(central)).status == 200
    assert await central.points_of() == 0
    assert await is_sound(central)


async def test_what_reaches_the_id_of_an_erased_member_ends_by_erasing_again(
    central: CentralUnderTest,
) -> None:
    assert (await erase(central)).body["ended"] == []
    late = accrual(
        EntryHead(
            transaction_id="late",
            cause_id="late",
            occurred_ms=central.clock(),
            recorded_ms=central.clock(),
            actor="till",
            terminal_id=None,
            ruleset_version=1,
        ),
        member_id=MEMBER,
        points=15,
        points_owed=0,
        expires_ms=None,
        funder="group",
    )
    assert late is not None
    await central.services.store.post_once(GROUP, replace(late, kind=SPONSORSHIP))
    assert (await erase(central)).body["ended"] == [{"what": "points", "asset": "PTS/0", "amount": 15}]
    assert await central.points_of() == 0
    assert await is_sound(central)


async def test_only_an_office_erases_and_only_its_own(central: CentralUnderTest) -> None:
    path = f"members/{MEMBER}/erasure"
    assert (await central.post(path, {}, token="terminal")).code == "permission_missing"
    assert (await central.post(path, {}, token="importer")).code == "permission_missing"
    assert (await central.post(path, {}, token="foreign")).code == "member_not_found"
    assert "members.erase" in ROLES["office"]
    identified = await central.post("identify", {"evidence": by_uid(UID)})
    assert identified.status == 200
    assert (await central.get(f"members/{OTHER_MEMBER}", token="office")).body["family_name"]
