"""Somebody acts for a member by a card of their own: what it may, until when, and who did what (issue 8)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.storage.base import GuardFailed
from central.web.api.examples import EXAMPLES
from central.web.api.routes import ROUTES
from loyalty.durations import DAY_MS
from loyalty.limits.carers import CARER_DAYS, CARERS_PER_MEMBER
from tests.central_fixture import (
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.integration.central.clerks import sign_in
from tests.integration.central.stored import trust
from tests.integration.central.test_chip_messages import tap
from tests.integration.central.test_counter_enrolment import enrol
from tests.integration.central.test_erasure import erase
from tests.integration.central.test_merging import merged
from tests.integration.central.test_pins import PIN, try_pin, with_pin
from tests.integration.central.test_requests import IDS
from tests.movable_clock import MovableClock
from tools.cards.kinds import SunCard

NOW_MS = 1_795_600_000_000
CARERS, CARERS_UID = "2900000000222", "04A1B2C3D4E5B1"


class Anne:
    """The member with card and PIN, and a blank card with a chip for whoever acts for her."""

    def __init__(self, central: CentralUnderTest, clock: MovableClock, card: SunCard) -> None:
        self.central, self.clock, self.card = central, clock, card
        self.holder: dict[str, str] = {}

    async def come(self) -> None:
        shown = tap(self.card)
        self.holder = shown | {"pin_proof": (await try_pin(self.central, shown, PIN)).body["pin_proof"]}

    async def give(self, carer_id: str = "c-1", uid: str = CARERS_UID, **more: Any) -> Reply:
        body = {"carer_id": carer_id, "holder": self.holder, "name": "Marie", "card": by_uid(uid)} | more
        return await self.central.post("holders/carers/given", body)

    async def show(self, holder: dict[str, str] | None = None) -> Reply:
        return await self.central.post("holders/carers", {"holder": holder or self.holder})

    async def end(self, carer_id: str = "c-1") -> Reply:
        return await self.central.post("holders/carers/ended", {"carer_id": carer_id, "holder": self.holder})

    async def identify(self, uid: str = CARERS_UID) -> Reply:
        return await self.central.post("identify", {"evidence": by_uid(uid)})


@pytest.fixture
async def anne(tmp_path: Path, engine: str) -> AsyncIterator[Anne]:
    assert engine
    clock = MovableClock(NOW_MS)
    async with a_central(tmp_path, clock) as central:
        card, _ = await with_pin(central)
        blank = {"card_number": CARERS, "uid": CARERS_UID, "state": "stock"}
        assert (await central.post("cards", blank, token="office")).status == 200
        member = Anne(central, clock, card)
        await member.come()
        yield member


async def test_a_carer_earns_and_sees_the_balance_and_the_member_sees_who_did_it(anne: Anne) -> None:
    given = (await anne.give()).body["carers"]
    assert [(each["name"], each["may"], each["state"], each["tickets"]) for each in given] == [
        ("Marie", [], "open", 0)
    ]
    assert given[0]["ends_ms"] == NOW_MS + CARER_DAYS * DAY_MS
    sale = await anne.central.post("sales", a_sale(anne.central, holder=by_uid(CARERS_UID), sale_id="s-7"))
    assert sale.body["points"] > 0
    seen = (await anne.identify()).body
    assert (seen["is_carer"], seen["profile"]["member_id"]) == (True, MEMBER)
    assert (seen["profile"]["points"], seen["profile"]["tickets"]) == (sale.body["points"], [])
    assert seen["profile"]["may"] == ["block_card", "earn", "see_balance", "see_balance_range"]
    assert {each["act"]: each["most"] for each in seen["limits"] if each["act"] != "earn"} == {
        "redeem": 0, "donate": 0, "transfer": 0, "pay_from_purse": 0
    }  # fmt: skip
    (carer,) = (await anne.show()).body["carers"]
    assert (carer["tickets"], carer["last_ms"]) == (1, NOW_MS)
    own = (await anne.central.post("identify", {"evidence": tap(anne.card)})).body
    assert own["is_carer"] is False
    assert len(own["profile"]["tickets"]) == 1


HOLDER_FIELDS = {"holder", "evidence"}
CARERS_MAY = frozenset(
    {
        "identify", "quote", "commit_sale", "record_return", "grant_lease", "show_value", "ask_pack",
        "top_up_purse", "sell_service",  # money that comes in
        "tell_voucher",  # with `spend`
        "tell_why", "report_ticket",  # with `purchases`
        "put_pin", "change_pin", "identify_staff", "begin_card_proof", "tell_pin_holder",  # of their own card
        "give_goodwill", "add_late_card", "move_ticket", "park_ticket", "open_incident",  # by a clerk
    }
)  # fmt: skip
"""Every operation that takes a card and may take a carer's. Any other says `carer_may_not`."""
WITHOUT_EXAMPLE: dict[str, dict[str, Any]] = {
    "transfer": {"transfer_id": "t-1", "to_member_id": OTHER_MEMBER, "points": 1},
    "find_purse": {},
    "draw_service": {"draw_id": "d-1", "service_id": "massage", "units": 1},
    "show_pharmacist": {},
    "show_value": {},
}


async def test_what_is_the_members_alone_a_carer_may_nowhere(anne: Anne) -> None:
    await anne.give(may=["spend", "purchases"])
    await trust(anne.central)
    party = await anne.central.put("parties/association/red-cross", {"name": "Croix-Rouge"})
    assert party.status == 200
    clerk = await sign_in(anne.central)
    asked = [route for route in ROUTES if route.body and HOLDER_FIELDS & set(route.body.__struct_fields__)]
    assert {route.operation for route in asked} >= CARERS_MAY
    for route in asked:
        if route.operation in CARERS_MAY:
            continue
        assert route.body is not None
        shown = EXAMPLES.get(route.operation)
        body = msgspec.to_builtins(shown) if shown else WITHOUT_EXAMPLE[route.operation]
        body |= {"holder": by_uid(CARERS_UID)} | ({"clerk": clerk} if "clerk" in body else {})
        reply = await anne.central.call(route.method, route.path.format(**IDS), body)
        assert (reply.status, reply.code) == (403, "carer_may_not"), route.operation


async def test_purchases_are_seen_where_the_member_agreed_and_nowhere_else(anne: Anne) -> None:
    await anne.give(may=["purchases"])
    sale = await anne.central.post("sales", a_sale(anne.central, holder=by_uid(CARERS_UID), sale_id="s-7"))
    assert sale.status == 200
    may = (await anne.identify()).body["profile"]["may"]
    assert {"see_ticket_totals", "see_point_reasons"} <= set(may)
    assert "redeem" not in may
    reply = await anne.central.post("sales/s-7/why", {"holder": by_uid(CARERS_UID)})
    assert reply.status == 200
    assert (await anne.central.post("sales/s-7/why", {"holder": anne.holder})).status == 200
    reads = await anne.central.services.store.list_reads(anne.central.operator.group_id, MEMBER, 10)
    assert [each.purpose for each in reads] == ["lines_told", "carer_why_told"], "who it was is told apart"


async def test_taken_back_it_is_refused_at_once_and_never_comes_back(anne: Anne) -> None:
    await anne.give()
    before = (await anne.central.get("offline/hot-list?after=0")).body
    (ended,) = (await anne.end()).body["carers"]
    assert ended["state"] == "ended"
    assert (await anne.end()).body["carers"] == [ended], "again it changes nothing"
    assert (await anne.identify()).code == "blocked_card"
    assert (await anne.central.get("offline/hot-list?after=0")).body != before
    found = await anne.central.post("cards/find", {"card_number": CARERS}, token="office")
    assert (found.body["state"], found.body["reason"]) == ("blocked", "withdrawn")
    for path, body in (
        ("cards/validate", {"card_number": CARERS}),
        ("cards/replace", {"card_number": CARERS, "new_card_number": "2900000000999"}),
    ):
        assert (await anne.central.post(path, body, token="office")).code == "card_stays_blocked", path
    assert (await anne.end("c-9")).code == "carer_not_found"


async def test_it_ends_on_its_day(anne: Anne) -> None:
    await anne.give(days=7)
    anne.clock.now_ms += 7 * DAY_MS
    assert (await anne.identify()).code == "expired_card"
    await anne.come()
    assert [each["state"] for each in (await anne.show()).body["carers"]] == ["over"]


async def test_it_takes_the_members_card_and_pin_and_a_blank_card(anne: Anne) -> None:
    strong = anne.holder
    for weak in (by_uid(), by_number(), {k: v for k, v in strong.items() if k != "pin_proof"}):
        anne.holder = weak
        assert (await anne.give()).code == "strength_too_low", weak
    anne.holder = strong
    assert (await anne.give(uid=OTHER_UID)).code == "new_card_refused"
    first = await anne.give()
    again = await anne.give()
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert (await anne.give(name="Paul")).status == 409
    assert (await anne.give("c-2")).code == "new_card_refused", "it is a carer's already"


async def test_members_have_few_and_two_at_once_are_counted(anne: Anne) -> None:
    for number in range(CARERS_PER_MEMBER + 1):
        blank = {"card_number": f"29000000003{number:02}", "state": "stock"}
        assert (await anne.central.post("cards", blank, token="office")).status == 200
    bodies = [
        {"carer_id": f"c-{number}", "name": "Marie", "card_number": f"29000000003{number:02}"}
        for number in range(CARERS_PER_MEMBER + 1)
    ]
    replies = await in_parallel(
        [anne.central.post(f"members/{MEMBER}/carers", body, token="office") for body in bodies]
    )
    assert sorted(each.status for each in replies) == [200] * CARERS_PER_MEMBER + [409]
    listed = await anne.central.get(f"members/{MEMBER}/carers", token="office")
    first = listed.body["carers"][0]
    assert first["given_by"] == "staff"
    ended = await anne.central.post(f"members/{MEMBER}/carers/{first['carer_id']}/end", None, token="office")
    assert ended.body["carers"][0]["state"] == "ended"


async def test_its_replacement_is_a_carers_too_and_a_lost_card_leaves_it_alone(anne: Anne) -> None:
    await anne.give(may=["spend"])
    replaced = {"card_number": CARERS, "new_card_number": "2900000000888", "new_uid": "04A1B2C3D4E5C1"}
    assert (await anne.central.post("cards/replace", replaced, token="office")).status == 200
    new = (await anne.identify("04A1B2C3D4E5C1")).body
    assert new["is_carer"] is True
    assert (await anne.end()).status == 200
    assert (await anne.identify("04A1B2C3D4E5C1")).code == "blocked_card"


async def test_a_merge_takes_carers_along_and_an_erasure_ends_them(anne: Anne) -> None:
    body = {"carer_id": "c-5", "name": "Luca", "card_number": CARERS}
    given = await anne.central.post(f"members/{OTHER_MEMBER}/carers", body, token="office")
    assert given.status == 200
    await merged(anne.central, OTHER_MEMBER, MEMBER)
    listed = (await anne.central.get(f"members/{MEMBER}/carers", token="office")).body["carers"]
    seen = (await anne.identify()).body
    assert ([each["name"] for each in listed], seen["profile"]["member_id"]) == (["Luca"], MEMBER)
    assert (await erase(anne.central)).status == 200
    assert (await anne.identify()).code == "blocked_card"
    assert (await anne.central.get(f"members/{MEMBER}/carers", token="office")).status != 200


async def test_a_card_for_somebody_is_no_way_around_looking_at_the_members_data(anne: Anne) -> None:
    await trust(anne.central)  # a tapped card may pay with points
    enrolled = await enrol(anne.central, await sign_in(anne.central))
    assert enrolled.body["card_state"] == "to_validate"
    body = {"carer_id": "c-5", "name": "Luca", "card_number": CARERS, "may": ["spend"]}
    assert (await anne.central.post("members/m-new/carers", body, token="office")).status == 200
    seen = (await anne.identify()).body
    assert "earn" in seen["profile"]["may"]
    assert "redeem" not in seen["profile"]["may"]
    data = {"family_name": "Aubert", "given_name": "Eva", "birth_date": "1984-05-06", "consents": []}
    assert (await anne.central.put("members/m-new/completion", data)).status == 200
    assert "redeem" in (await anne.identify()).body["profile"]["may"]


async def test_a_card_taken_back_as_it_is_replaced_is_not_replaced(anne: Anne) -> None:
    """Head office read the card before the member took it back."""
    await anne.give()
    store, group_id = anne.central.services.store, anne.central.operator.group_id
    seen = await store.find_card(group_id, CARERS)
    assert seen is not None
    await anne.end()
    new = replace(seen, card_number="2900000000888", uid="")
    with pytest.raises(GuardFailed):
        await store.replace_card(group_id, CARERS, ["active", "blocked"], new, "office", NOW_MS)
    assert (await store.find_card(group_id, "2900000000888")) is None


async def test_a_blank_card_that_lay_there_too_long_is_none(anne: Anne) -> None:
    old = {"card_number": "2900000000777", "state": "stock", "valid_until_ms": NOW_MS + DAY_MS}
    assert (await anne.central.post("cards", old, token="office")).status == 200
    anne.clock.now_ms += DAY_MS
    body = {"carer_id": "c-5", "name": "Luca", "card_number": "2900000000777"}
    refused = await anne.central.post(f"members/{MEMBER}/carers", body, token="office")
    assert (refused.status, refused.code) == (422, "new_card_refused")


async def test_nobody_acts_for_a_member_who_is_gone_as_the_card_is_given(anne: Anne) -> None:
    await anne.give()
    store, group_id = anne.central.services.store, anne.central.operator.group_id
    (given,) = await store.list_carers(group_id, MEMBER, 1)
    blank = {"card_number": "2900000000777", "state": "stock"}
    assert (await anne.central.post("cards", blank, token="office")).status == 200
    card = await store.find_card(group_id, "2900000000777")
    assert card is not None
    assert (await erase(anne.central)).status == 200
    late = replace(given, carer_id="c-9", card_number=card.card_number)
    with pytest.raises(GuardFailed):
        await store.put_carer(late, replace(card, member_id=MEMBER, state="active"), most=5, notice=None)
    assert await store.find_card(group_id, "2900000000777") == card
