"""A person found twice becomes one, over HTTP: value, cards, history, limits; nothing is lost."""

import asyncio
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.storage.base import Recorded
from central.storage.interface.stored_value import ValueAct, ValueActRow
from loyalty.money import format_minor
from loyalty.programme.numbers import gtin_check_digit
from tests.central_fixture import (
    BLOCKED_CARD,
    CARD,
    GROUP,
    MEMBER,
    OTHER_CARD,
    OTHER_MEMBER,
    OTHER_UID,
    PROGRAMME,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_return,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.integration.central.stored import TRUSTING, balances, new_id, purse, sound, trust
from tests.integration.central.test_value import reserve
from tests.integration.central.test_vouchers import thanks

PAGE = Path(__file__).parents[3] / "docs/members.md"
TWIN, TWIN_CARD, TWIN_UID = OTHER_MEMBER, OTHER_CARD, OTHER_UID
"""The duplicate; `MEMBER` survives."""


def of_twin() -> dict[str, str]:
    return by_uid(TWIN_UID)


async def merge(
    central: CentralUnderTest,
    duplicate_id: str = TWIN,
    survivor_id: str = MEMBER,
    *,
    token: str = "office",
    **changed: Any,
) -> Reply:
    body = {"merge_id": new_id("merge"), "duplicate_id": duplicate_id, "reason": "Same e-mail"} | changed
    return await central.post(f"members/{survivor_id}/merge", body, token=token)


async def merged(central: CentralUnderTest, *pair: str) -> dict[str, Any]:
    """Merge, with the second person where it takes one; the answer."""
    asked = await merge(central, *pair)
    assert asked.status == 200, asked.body
    if asked.body["state"] == "pending":
        path = f"merges/{asked.body['merge_id']}/decision"
        asked = await central.post(path, {"approve": True}, token="reader")
        assert asked.status == 200, asked.body
    assert asked.body["state"] == "done"
    return dict(asked.body)


async def give(central: CentralUnderTest, programme: dict[str, Any]) -> None:
    """Give the group this programme."""
    text = msgspec.json.encode(programme).decode()
    await central.services.groups.put_group(
        central.operator, name="Lac", country="CH", currency="CHF", programme=text
    )


def number_of(at: int) -> str:
    """A card number of the group's own range."""
    digits = f"29000001{at:04}"
    return digits + gtin_check_digit(digits)


async def bought(central: CentralUnderTest, amount: int, *, quantity: int = 1, **changed: Any) -> str:
    sale = a_sale(central, [(SUN_CREAM, quantity, amount)], **changed)
    sold = await central.post("sales", sale)
    assert sold.status == 200, sold.body
    return str(sale["sale_id"])


async def back(central: CentralUnderTest, sale_id: str, *lines: tuple[int, int], **more: Any) -> Reply:
    return await central.post(f"sales/{sale_id}/returns", a_return(central, lines or [(1, 1)]), **more)


async def balance(central: CentralUnderTest, member_id: str = MEMBER) -> dict[str, Any]:
    return dict((await central.get(f"members/{member_id}/balance", token="office")).body)


async def test_points_cards_and_history_are_the_survivors_and_a_return_finds_its_way(
    central: CentralUnderTest,
) -> None:
    mine = await bought(central, 10_000)
    theirs = await bought(central, 20_000, quantity=2, holder=of_twin())
    done = await merged(central)
    assert (done["points"], done["survivor_id"], done["duplicate_id"]) == (200, MEMBER, TWIN)
    assert (await balance(central))["points"] == 300
    assert (await balance(central, TWIN))["points"] == 0
    shown = (await central.post("identify", {"evidence": of_twin()})).body
    assert shown["profile"]["member_id"] == MEMBER
    assert await sound(central)
    tickets = (await central.get(f"members/{MEMBER}/tickets", token="office")).body["tickets"]
    assert {each["sale_id"] for each in tickets} == {mine, theirs}
    read = (await central.get(f"sales/{theirs}", token="reader")).body
    assert (read["member_id"], read["lines"][0]["code"]) == (MEMBER, SUN_CREAM)
    came = await back(central, theirs, (1, 1))
    assert (came.status, came.body["points"], came.body["points_owed"]) == (200, 100, 0)
    assert (await balance(central))["points"] == 200
    assert (await back(central, theirs, (1, 1))).body["points"] == 100
    assert (await back(central, mine, (1, 1))).body["points"] == 100
    assert (await balance(central))["points"] == 0
    assert await sound(central)


async def test_lots_keep_sale_end_and_funder_and_burn_in_the_order_of_their_ends(
    central: CentralUnderTest,
) -> None:
    await trust(central)
    theirs = await bought(central, 60_000, holder=of_twin())
    store = central.services.store
    (before,) = await store.list_open_lots(GROUP, f"member/{TWIN}/points", "PTS/0")
    mine = await bought(central, 60_000)
    done = await merged(central)
    lots = await store.list_open_lots(GROUP, f"member/{MEMBER}/points", "PTS/0")
    moved = next(lot for lot in lots if lot.source_id == theirs)
    assert (moved.amount, moved.expires_ms, moved.funder) == (600, before.expires_ms, before.funder)
    assert {lot.source_id for lot in lots} == {mine, theirs}
    assert [lot.expires_ms for lot in lots] == sorted(lot.expires_ms or 0 for lot in lots)
    postings = await store.list_postings(GROUP, done["transaction_id"])
    assert [(p.source, p.target, p.amount) for p in postings] == [
        (f"member/{TWIN}/points", f"member/{MEMBER}/points", 600)
    ]
    sale = a_sale(central, [(SHAMPOO, 1, 5_000)], holder=of_twin(), redeem_points=1_000)
    assert (await central.post("sales", sale)).status == 200, "both records' points pay together"
    assert (await back(central, sale["sale_id"])).status == 200
    assert (await balance(central))["points"] == 1_200
    assert await sound(central)


async def test_what_a_duplicates_points_and_purse_paid_comes_back_to_the_survivor(
    central: CentralUnderTest,
) -> None:
    await trust(central)
    await bought(central, 60_000, holder=of_twin())
    top_up = {"top_up_id": "top-1", "holder": of_twin(), "amount_minor": 3_000}
    assert (await central.post("purses/top-ups", top_up)).status == 200
    sale = a_sale(central, [(SHAMPOO, 2, 4_000)], holder=of_twin(), redeem_points=500)
    sale |= {"tenders": [purse(2_000)]}
    assert (await central.post("sales", sale)).status == 200
    before = await balances(central)
    await merged(central)
    half = (await back(central, sale["sale_id"], (1, 1))).body
    assert half["tenders"] == [{"kind": "purse", "amount_minor": 1_000, "number_end": "", "onto": "same"}]
    rest = (await back(central, sale["sale_id"], (1, 1))).body
    assert half["restored_points"] + rest["restored_points"] == 500
    after = await balances(central)
    assert after[f"member/{MEMBER}/purse", "CHF/2"] == 3_000
    assert after[f"member/{MEMBER}/points", "PTS/0"] == 600
    assert not [key for key in after if key[0].startswith(f"member/{TWIN}/")]
    assert ("shop/lac-1/value_redeemed", "CHF/2") in before
    assert ("shop/lac-1/value_redeemed", "CHF/2") not in after
    store = central.services.store
    lots = await store.list_open_lots(GROUP, f"member/{MEMBER}/purse", "CHF/2")
    assert {(lot.source_id, lot.funder) for lot in lots} == {("top-1", "shop/lac-1")}
    assert await sound(central)


async def test_a_debt_stays_a_debt_and_the_next_points_settle_it(central: CentralUnderTest) -> None:
    theirs = await bought(central, 100_000, holder=of_twin())
    gift = {"donation_id": "d-1", "holder": of_twin(), "association_id": "red-cross", "points": 900}
    programme = msgspec.json.encode(
        PROGRAMME | {"identification": {**TRUSTING, "donate": "nfc_uid"}}
    ).decode()
    await central.services.groups.put_group(
        central.operator, name="Lac", country="CH", currency="CHF", programme=programme
    )
    party = {"name": "Red Cross", "country": "CH"}
    assert (await central.put("parties/association/red-cross", party)).status == 200
    assert (await central.post("donations", gift)).status == 200
    assert (await back(central, theirs)).body["points_owed"] == 900
    await bought(central, 5_000)
    await merged(central)
    known = await balance(central)
    assert (known["points"], known["points_owed"]) == (50, 900)
    await bought(central, 30_000, holder=of_twin())
    known = await balance(central)
    assert (known["points"], known["points_owed"]) == (50, 600)
    assert await sound(central)


async def test_a_blocked_card_stays_blocked_and_all_others_lead_to_the_survivor(
    central: CentralUnderTest,
) -> None:
    await merged(central, MEMBER, TWIN)  # the one with the blocked card is the duplicate here
    cards = {
        each["card_number"]: each["state"]
        for each in (await central.get(f"members/{TWIN}", token="office")).body["cards"]
    }
    assert cards == {CARD: "active", BLOCKED_CARD: "blocked", TWIN_CARD: "active"}
    refused = await central.post("identify", {"evidence": by_number(BLOCKED_CARD)})
    assert refused.code == "blocked_card"
    sold = await central.post("sales", a_sale(central))
    assert sold.body["profile"]["member_id"] == TWIN
    replaced = {"card_number": CARD, "new_card_number": "2900000000123"}
    assert (await central.post("cards/replace", replaced, token="office")).body["member_id"] == TWIN


async def test_above_a_limit_a_second_person_decides_on_what_is_there_then(
    central: CentralUnderTest,
) -> None:
    await bought(central, 50_100, holder=of_twin())
    asked = await merge(central, merge_id="m-1")
    assert (asked.body["state"], asked.body["points"]) == ("pending", 501)
    assert (await balance(central, TWIN))["points"] == 501, "nothing moves before that"
    waiting = (await central.get("merges", token="reader")).body["merges"]
    assert [each["merge_id"] for each in waiting] == ["m-1"]
    own = await central.post("merges/m-1/decision", {"approve": True}, token="office")
    assert own.code == "second_person_needed"
    await bought(central, 1_000, holder=of_twin())
    done = await central.post("merges/m-1/decision", {"approve": True}, token="reader")
    assert (done.body["state"], done.body["decided_by"]) == ("done", central.token_ids["reader"])
    again = await central.post("merges/m-1/decision", {"approve": True}, token="reader")
    assert again.body == done.body
    late = await central.post("merges/m-1/decision", {"approve": False}, token="reader")
    assert late.code == "merge_decided"
    assert (await balance(central))["points"] == 511
    unknown = await central.post("merges/m-9/decision", {"approve": True}, token="reader")
    assert unknown.code == "merge_not_found"


async def test_small_merges_add_up_to_what_one_person_may(central: CentralUnderTest) -> None:
    for number in range(3):
        card = number_of(number)
        body = {"member_id": f"m-twin-{number}", "family_name": "Rochat", "card_number": card}
        assert (await central.post("members", body, token="office")).status == 200
        await bought(central, 20_000, holder=by_number(card))
    states = [(await merge(central, f"m-twin-{number}")).body["state"] for number in range(3)]
    assert states == ["done", "done", "pending"]
    assert (await balance(central))["points"] == 400


async def test_one_merge_of_a_record_waits_at_a_time_also_crosswise(central: CentralUnderTest) -> None:
    await bought(central, 50_100, holder=of_twin())
    await bought(central, 50_100)
    assert (await merge(central, merge_id="m-1")).body["state"] == "pending"
    again = await merge(central, merge_id="m-2")
    crosswise = await central.post(
        f"members/{TWIN}/merge",
        {"merge_id": "m-3", "duplicate_id": MEMBER, "reason": "Same"},
        token="office",
    )
    assert [(each.status, each.code) for each in (again, crosswise)] == [(409, "merge_waits")] * 2
    assert again.body["params"] == {"merge_id": "m-1", "member_id": TWIN}
    waiting = (await central.get("merges", token="reader")).body["merges"]
    assert [each["merge_id"] for each in waiting] == ["m-1"]
    refused = await central.post("merges/m-1/decision", {"approve": False}, token="reader")
    assert refused.body["state"] == "refused"
    assert (await merge(central, merge_id="m-2")).body["state"] == "pending", "free to be asked for again"


async def test_what_waits_for_a_record_that_was_merged_meanwhile_is_ended(central: CentralUnderTest) -> None:
    await bought(central, 50_100, holder=of_twin())
    assert (await merge(central, merge_id="m-1")).body["state"] == "pending"
    other_way = {"merge_id": "m-2", "duplicate_id": MEMBER, "reason": "Nothing on it"}
    done = await central.post(f"members/{TWIN}/merge", other_way, token="office")
    assert done.body["state"] == "done", done.body
    assert (await central.get("merges", token="reader")).body["merges"] == []
    late = await central.post("merges/m-1/decision", {"approve": True}, token="reader")
    assert (late.code, late.body["params"]["state"]) == ("merge_decided", "refused")


async def test_the_same_merge_again_is_the_first_answer_and_other_content_is_a_conflict(
    central: CentralUnderTest,
) -> None:
    await bought(central, 1_000, holder=of_twin())
    first = await merge(central, merge_id="m-1")
    again = await merge(central, merge_id="m-1")
    assert (again.body, again.status) == (first.body, 200)
    other = await merge(central, merge_id="m-1", reason="Another")
    assert (other.status, other.code) == (409, "idempotency_conflict")
    assert (await balance(central))["points"] == 10


async def test_nobody_merges_with_themselves_twice_in_a_ring_across_groups_or_with_the_erased(
    central: CentralUnderTest,
) -> None:
    await central.post("members", {"member_id": "m-gone", "family_name": "Gone"}, token="office")
    await central.post("members", {"member_id": "m-three", "family_name": "Three"}, token="office")
    await central.post("members/m-gone/erasure", {}, token="office")
    before = await balances(central)
    refused = [
        (await merge(central, MEMBER), "merge_with_itself"),
        (await merge(central, "m-nobody"), "member_not_found"),
        (await merge(central, TWIN, "m-nobody"), "member_not_found"),
        (await merge(central, "m-gone"), "member_not_found"),
        (await merge(central, TWIN, "m-gone"), "member_not_found"),
        (await merge(central, token="foreign"), "member_not_found"),
        (await merge(central, token="terminal"), "permission_missing"),
        (await merge(central, token="importer"), "permission_missing"),
    ]
    assert [reply.code for reply, _ in refused] == [code for _, code in refused]
    await merged(central)
    for reply in (
        await merge(central),
        await merge(central, MEMBER, TWIN),
        await merge(central, "m-three", TWIN),
        await central.post(f"members/{TWIN}/erasure", {}, token="office"),
        await central.post(
            "corrections",
            {"correction_id": "c-1", "member_id": TWIN, "points": 5, "reason": "x"},
            token="office",
        ),
        await central.put("households/h-1", {"member_ids": [MEMBER, TWIN]}),
        await central.put(f"members/{TWIN}/consents/sms", {"is_given": True}),
        await central.get(f"members/{TWIN}/consents", token="office"),
        await central.call("PATCH", f"members/{TWIN}/traits", {"tier": "gold"}, token="office"),
        await central.get(f"members/{TWIN}/profile", token="office"),
        await central.put(f"members/{TWIN}/association", {"association_id": "club"}),
    ):
        assert (reply.status, reply.code) == (409, "member_merged")
        assert f"Use {MEMBER}" in reply.body["detail"]
    assert await balances(central) == before
    assert await sound(central)


async def test_who_is_paying_is_not_merged_until_that_ends(central: CentralUnderTest) -> None:
    await trust(central)
    await bought(central, 100_000)
    await bought(central, 1_000, holder=of_twin())
    assert (await reserve(central, 500)).status == 200
    refused = await merge(central, MEMBER, TWIN)
    assert (refused.status, refused.code) == (409, "member_is_paying")
    assert (await balance(central))["points"] == 1_000
    assert await merged(central), "what the survivor reserved is no reason: it stays where it is"
    assert (await balance(central))["points"] == 1_010
    assert await sound(central)


async def test_a_quote_given_before_the_merge_is_kept_after_it(central: CentralUnderTest) -> None:
    rule = {
        "id": "early",
        "version": 1,
        "kind": "campaign",
        "when": {"le": [{"fact": "member.visits"}, 3]},
        "effects": [{"effect": "points_fixed", "points": 7, "per": "ticket"}],
    }
    programme = {**PROGRAMME, "rules": [*PROGRAMME["rules"], rule]}  # type: ignore[misc]
    await give(central, programme)
    sale = a_sale(central, [(SUN_CREAM, 1, 2_000)], holder=of_twin())
    for _ in range(4):
        await bought(central, 1_000)
    quoted = (await central.post("quotes", {"basket": sale["basket"], "holder": of_twin()})).body
    assert quoted["points"] == 27
    await merged(central)
    sold = await central.post("sales", sale | {"quote_id": quoted["quote_id"]})
    assert (sold.status, sold.body["points"], sold.body["profile"]["member_id"]) == (200, 27, MEMBER)
    again = await central.post("sales", sale | {"quote_id": quoted["quote_id"]})
    assert again.body["lines"] == sold.body["lines"]
    assert (await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 2_000)]))).body["points"] == 20


async def test_a_reservation_that_holds_no_value_is_kept_after_the_merge(central: CentralUnderTest) -> None:
    sale = a_sale(central, [(SUN_CREAM, 1, 2_000)], holder=of_twin())
    asked = {"basket": sale["basket"], "holder": of_twin()}
    quote_id = (await central.post("quotes", asked)).body["quote_id"]
    held = {"reservation_id": "res-1", "quote_id": quote_id, "quote": asked}
    assert (await central.post("reservations", held)).status == 200
    await merged(central)
    sold = await central.post("sales", sale | {"reservation_id": "res-1"})
    assert (sold.status, sold.body["points"], sold.body["warnings"]) == (200, 20, [])
    assert sold.body["profile"]["member_id"] == MEMBER
    assert await sound(central)


async def test_selling_to_a_duplicate_while_it_is_merged_loses_nothing(central: CentralUnderTest) -> None:
    for round_no in range(5):
        twin, card = f"m-race-{round_no}", number_of(round_no)
        twin_body = {"member_id": twin, "family_name": "Rochat", "card_number": card}
        assert (await central.post("members", twin_body, token="office")).status == 200
        first = await bought(central, 1_000, holder=by_number(card))
        before = (await balance(central))["points"]
        sales = [a_sale(central, [(SUN_CREAM, 1, 1_000)], holder=by_number(card)) for _ in range(6)]
        replies = await in_parallel(
            [
                *(central.post("sales", sale) for sale in sales[:3]),
                central.post(f"sales/{first}/returns", a_return(central, [(1, 1)])),
                merge(central, twin, merge_id=f"m-{round_no}"),
                *(central.post("sales", sale) for sale in sales[3:]),
            ]
        )
        assert {reply.status for reply in replies} <= {200, 503}
        for sale in sales:  # as a till does that heard nothing
            assert (await central.post("sales", sale)).status == 200
        if replies[3].status != 200:
            assert (await back(central, first)).status == 200
        assert (await merge(central, twin, merge_id=f"m-{round_no}")).body["state"] == "done"
        assert (await balance(central))["points"] == before + 60
        assert (await balance(central, twin))["points"] == 0
        assert await sound(central)


async def test_a_service_sold_to_a_duplicate_in_the_moment_of_the_merge_is_the_survivors(
    central: CentralUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card was looked up before the merge, and what it bought is written after it."""
    await trust(central)
    record = central.services.store.record_act

    async def merge_before(act: ValueAct) -> Recorded[ValueActRow]:
        monkeypatch.undo()
        await merged(central)
        return await record(act)

    monkeypatch.setattr(central.services.store, "record_act", merge_before)
    sale = {"sale_id": "ahead-1", "holder": of_twin(), "service_id": "injection", "units": 3}
    sold = await central.post("services/sales", sale)

    assert (sold.status, sold.body["balance"]) == (200, 3), sold.body
    books = await balances(central)
    assert books[f"member/{MEMBER}/services", "SRV.injection/0"] == 3
    assert books.get((f"member/{TWIN}/services", "SRV.injection/0"), 0) == 0
    assert await sound(central)


async def test_of_many_who_merge_one_pair_at_once_one_does(central: CentralUnderTest) -> None:
    await bought(central, 1_000, holder=of_twin())
    calls = [merge(central), merge(central), merge(central, MEMBER, TWIN), merge(central, MEMBER, TWIN)]
    replies = await asyncio.gather(*calls)
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    after = await balances(central)
    places = {f"member/{each}/points" for each in (MEMBER, TWIN)}
    assert [after[key] for key in after if key[0] in places] == [10]
    assert await sound(central)


async def test_the_example_of_the_page_posts_what_the_page_shows(central: CentralUnderTest) -> None:
    (shown,) = re.findall(r"^```postings\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    await trust(central)
    group = await central.services.groups.get(GROUP)
    programme = {**PROGRAMME, "rules": [*PROGRAMME["rules"], thanks()]}  # type: ignore[misc]
    await central.services.groups.put_group(
        central.operator,
        name="Lac",
        country="CH",
        currency="CHF",
        programme=msgspec.json.encode(programme).decode(),
        settings=group.settings,
    )
    await bought(central, 20_000, holder=of_twin())
    top_up = {"top_up_id": "top-1", "holder": of_twin(), "amount_minor": 3_000}
    assert (await central.post("purses/top-ups", top_up)).status == 200
    hours = {"sale_id": "ahead-1", "holder": of_twin(), "service_id": "massage", "units": 250}
    assert (await central.post("services/sales", hours)).status == 200
    done = await merged(central)
    assert (done["points"], done["value_minor"]) == (200, 3_000 + 20_000 + 500)
    postings = await central.services.store.list_postings(GROUP, done["transaction_id"])
    told = [
        f"{p.source} -> {p.target}: {format_minor(p.amount, p.asset.scale)} {p.asset.code}" for p in postings
    ]
    assert sorted(told) == sorted(shown.splitlines())
    event = (await central.services.store.list_events(GROUP, 0, 500))[-1]
    assert (event.kind, msgspec.json.decode(event.body)) == (
        "member.merged",
        {"merge_id": done["merge_id"], "member_id": MEMBER, "duplicate_id": TWIN},
    )
    assert await sound(central)
