"""Gift cards over HTTP, their whole life: made, sold, spent, returned, blocked, replaced, converted."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from central.services.core.clock import Zones
from central.services.core.context import Context
from central.services.core.known import Known
from central.services.core.vault import Vault
from central.services.tickets.tenders.refunding import PointsBack, Refunding
from central.settings import load_secrets
from central.storage.base import Store
from central.storage.interface.rows import ReturnedLine
from loyalty.ledger.entry import EntryHead
from loyalty.limits.value import GIFT_CARD_MAX_MINOR, GIFT_NUMBER_RETOLD_S
from loyalty.value.secret_numbers import secret_number
from loyalty.value.tenders import LineShare
from tests.central_fixture import (
    GROUP,
    MEMBER,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.integration.central.stored import (
    activate,
    balances,
    gift,
    holds,
    make_card,
    paid,
    purse,
    sold_card,
    sound,
    trust,
)
from tests.integration.central.test_claims import pass_hold_time, patient
from tests.movable_clock import MovableClock

DAY_MS = 86_400_000


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


def pass_days(central: CentralUnderTest, days: int) -> None:
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += days * DAY_MS


async def test_the_life_of_a_gift_card(central: CentralUnderTest) -> None:
    """Made, sold, spent in parts and with other tender, partly returned, emptied, its holder a member."""
    card = await make_card(central)
    number = card["number"]
    nothing = await central.post("sales", paid(central, 1000, gift(number, 1000), holder={}))
    assert (nothing.status, nothing.code) == (422, "gift_card_not_active")

    body = {"activation_id": "act-1", "number": number, "amount_minor": 5000}
    sold = await central.post("gift-cards/activations", body)
    assert (sold.body["balance"], sold.body["paid_minor"]) == (5000, 5000)
    again = await central.post("gift-cards/activations", body)
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", sold.body)
    twice = await activate(central, number, 5000)
    assert (twice.status, twice.code) == (409, "gift_card_sold_already")
    assert await central.points_of() == 0, "what is sold is a debt of the group, no turnover"

    first = paid(central, 2000, gift(number, 1500), quantity=3)
    one = (await central.post("sales", first)).body
    assert (one["total_minor"], one["points"], one["other_minor"]) == (2000, 20, 500)
    assert one["tenders"] == [
        {
            "kind": "gift_card",
            "amount_minor": 1500,
            "number_end": number[-4:],
            "balance_minor": 3500,
            "is_empty": False,
            "next_step": "",
        }
    ]
    assert one["receipt"][-3:] == [
        f"Carte cadeau ...{number[-4:]}".ljust(32) + "CHF -15.00",
        "  Il reste".ljust(33) + "CHF 35.00",
        "Reste à payer".ljust(34) + "CHF 5.00",
    ]
    replay = await central.post("sales", first)
    assert (replay.body["tenders"], replay.body["other_minor"]) == (one["tenders"], 500)

    path = f"sales/{first['sale_id']}/returns"
    back = (await central.post(path, a_return(central, [(1, 1)]), token="terminal_2")).body
    (to_card,) = back["tenders"]
    # A third of 20.00 is 6.66; the card paid three quarters: 4.995. Of equal remainders it comes first.
    assert (back["total_minor"], to_card["amount_minor"], back["other_minor"]) == (666, 500, 166)
    rest = (await central.post(path, a_return(central, [(1, 2)]))).body
    assert (rest["total_minor"], rest["tenders"][0]["amount_minor"], rest["other_minor"]) == (1334, 1000, 334)
    assert await holds(central, number) == 5000

    too_much = await central.post("sales", paid(central, 9000, gift(number, 5001)))
    assert (too_much.status, too_much.code) == (422, "stored_value_too_low")
    assert too_much.body["params"]["available_minor"] == 5000
    last = (await central.post("sales", paid(central, 9000, gift(number, 5000), holder={}))).body
    assert (last["other_minor"], last["tenders"][0]["is_empty"]) == (4000, True)
    assert last["tenders"][0]["next_step"] == "become_member"

    conversion = {
        "conversion_id": "conv-1",
        "number": number,
        "member": {"member_id": "m-carla", "family_name": "Meier"},
    }
    converted = await central.post("gift-cards/conversions", conversion, token="office")
    assert converted.body["member_id"] == "m-carla"
    again = await central.post("gift-cards/conversions", conversion, token="office")
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", converted.body)
    member = await central.get("members/m-carla", token="office")
    assert member.body["cards"][0]["card_number"] == number.replace(" ", "")
    earned = await central.post("sales", paid(central, 1000, holder=by_number(number)))
    assert earned.body["points"] == 10, "the gift card is the member's card now"
    refused = await central.post("sales", paid(central, 1000, gift(number, 1000)))
    assert refused.code == "gift_card_converted"
    assert await sound(central)


async def test_what_a_converted_card_paid_comes_back_to_the_members_purse(central: CentralUnderTest) -> None:
    card = await sold_card(central, 2000)
    sale = paid(central, 2000, gift(card["number"], 2000), holder={}, quantity=2)
    await central.post("sales", sale)
    conversion = {
        "conversion_id": "conv-1",
        "number": card["number"],
        "member": {"member_id": "m-carla", "family_name": "Meier"},
    }
    await central.post("gift-cards/conversions", conversion, token="office")
    back = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (back.body["tenders"][0]["onto"], back.body["tenders"][0]["amount_minor"]) == ("purse", 1000)
    view = (await central.get("members/m-carla/purse", token="office")).body
    assert view["purse_minor"] == 1000
    assert await holds(central, card["number"]) == 0
    assert await sound(central)


async def test_at_the_terminal_the_holder_of_an_empty_card_becomes_a_member_and_nobody_else_does(
    central: CentralUnderTest,
) -> None:
    card = await sold_card(central, 2000)
    person = {
        "member_id": "m-carla",
        "family_name": "Meier",
        "email": "carla@example.org",
        "profile_fields": {},
    }
    body = {"conversion_id": "conv-1", "number": card["number"], "member": person}
    early = await central.post("gift-cards/conversions", body)
    assert (early.status, early.code) == (409, "gift_card_not_empty")
    await central.post("sales", paid(central, 2000, gift(card["number"], 2000), holder={}))
    elsewhere = body | {"member": person | {"home_shop_id": "lac-2"}}
    refused = await central.post("gift-cards/conversions", elsewhere)
    assert (refused.status, refused.code) == (403, "shop_not_yours")
    assert (await central.post("members", person)).code == "permission_missing", "no way around the card"

    made = await central.post("gift-cards/conversions", body)
    assert (made.status, made.body["member_id"], made.body["act"]["shop_id"]) == (200, "m-carla", "lac-1")
    changed = body | {"member": person | {"family_name": "Rey"}}
    assert (await central.post("gift-cards/conversions", changed)).code == "idempotency_conflict"
    again = await central.post("gift-cards/conversions", body)
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", made.body)
    assert "Meier" not in str(made.body), "the answer tells nothing of the person"
    member = (await central.get("members/m-carla", token="office")).body
    assert (member["family_name"], member["home_shop_id"]) == ("Meier", "lac-1"), "of the terminal's shop"
    earned = await central.post("sales", paid(central, 1000, holder=by_number(card["number"])))
    assert earned.body["points"] == 10
    assert await sound(central)


async def test_a_card_that_is_not_empty_makes_no_member(central: CentralUnderTest) -> None:
    card = await sold_card(central, 2000)
    body = {
        "conversion_id": "conv-1",
        "number": card["number"],
        "member": {"member_id": "m-carla", "family_name": "Meier"},
    }
    refused = await central.post("gift-cards/conversions", body, token="office")
    assert (refused.status, refused.code) == (409, "gift_card_not_empty")
    assert (await central.get("members/m-carla", token="office")).status == 404


async def test_a_blocked_card_pays_nothing_and_its_replacement_takes_the_value_over(
    central: CentralUnderTest,
) -> None:
    card = await sold_card(central, 5000)
    number, card_id = card["number"], card["gift_card_id"]
    sale = paid(central, 2000, gift(number, 2000), quantity=2)
    await central.post("sales", sale)
    early = {"replacement_id": "rep-0", "gift_card_id": card_id, "new_gift_card_id": "gift-new"}
    assert (
        await central.post("gift-cards/replacements", early, token="office")
    ).code == "gift_card_not_blocked"
    block = {"block_id": "block-1", "reason": "lost", "gift_card_id": card_id}
    assert (await central.post("gift-cards/blocks", block)).status == 200
    assert (await central.post("gift-cards/blocks", block)).headers["Idempotent-Replayed"] == "true"
    refused = await central.post("sales", paid(central, 1000, gift(number, 1000)))
    assert (refused.status, refused.code) == (422, "gift_card_blocked")

    half = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert half.body["tenders"][0]["onto"] == "same", "it waits on the blocked card"
    body = {"replacement_id": "rep-1", "gift_card_id": card_id, "new_gift_card_id": "gift-new"}
    replaced = await central.post("gift-cards/replacements", body, token="office")
    new = replaced.body["card"]["number"]
    assert (replaced.body["act"]["amount"], await holds(central, new), await holds(central, number)) == (
        4000,
        4000,
        0,
    )
    again = await central.post("gift-cards/replacements", body, token="office")
    assert again.body["card"] == replaced.body["card"]
    refused = await central.post("sales", paid(central, 1000, gift(number, 1000)))
    assert refused.code == "gift_card_replaced"

    rest = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (rest.body["tenders"][0]["onto"], rest.body["tenders"][0]["amount_minor"]) == ("replacement", 1000)
    assert await holds(central, new) == 5000
    lots = await central.services.store.list_open_lots(GROUP, "gift_card/gift-new/value", "CHF/2")
    assert {lot.funder for lot in lots} == {"shop/lac-1"}
    assert (await central.post("sales", paid(central, 5000, gift(new, 5000)))).status == 200
    assert await sound(central)


async def test_amounts_out_of_range_and_numbers_with_slips_sell_nothing(central: CentralUnderTest) -> None:
    card = await make_card(central)
    before = await balances(central)
    for amount in (999, GIFT_CARD_MAX_MINOR + 1):
        refused = await activate(central, card["number"], amount)
        assert (refused.status, refused.code) == (422, "gift_amount_out_of_range")
    digits = card["number"].replace(" ", "")
    slip = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert (await activate(central, slip, 2000)).code == "gift_number_invalid"
    assert (await activate(central, secret_number(b"x" * 32), 2000)).code == "gift_card_unknown"
    assert await balances(central) == before
    assert await sound(central)


async def test_a_card_of_another_group_is_unknown(central: CentralUnderTest) -> None:
    body = {"gift_card_id": "gift-mont"}
    made = await central.post("gift-cards", body, token="foreign")
    assert (await activate(central, made.body["number"], 2000)).code == "gift_card_unknown"
    sale = paid(central, 1000, gift(made.body["number"], 1000))
    assert (await central.post("sales", sale)).code == "gift_card_unknown"
    assert await balances(central) == {}


async def test_the_number_is_kept_nowhere_and_told_again_to_its_maker_alone(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    card = await make_card(central, "gift-1")
    assert (await make_card(central, "gift-1")) == card
    other = await central.post("gift-cards", {"gift_card_id": "gift-1"}, token="terminal_2")
    assert (other.status, other.code) == (409, "idempotency_conflict")
    await activate(central, card["number"], 2000)
    late = await central.post("gift-cards", {"gift_card_id": "gift-1"})
    assert (late.status, late.code) == (409, "gift_number_told")
    unsold = await make_card(central, "gift-2")
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += GIFT_NUMBER_RETOLD_S * 1000 + 1
    assert (await central.post("gift-cards", {"gift_card_id": "gift-2"})).code == "gift_number_told"
    await central.services.store.copy_into(tmp_path / "copy.sqlite")
    everything = (tmp_path / "copy.sqlite").read_bytes()
    for number in (card["number"], unsold["number"]):
        assert number.encode() not in everything
        assert number.replace(" ", "").encode() not in everything


async def test_a_reservation_holds_a_card_and_a_commit_under_it_takes_it(central: CentralUnderTest) -> None:
    number = (await sold_card(central, 3000))["number"]
    quote = {"basket": a_basket([(SHAMPOO, 1, 2000)]), "holder": by_uid()}
    quoted = (await central.post("quotes", quote)).body
    body = {
        "reservation_id": "res-1",
        "quote_id": quoted["quote_id"],
        "quote": quote,
        "tenders": [gift(number, 2000)],
    }
    reserved = await central.post("reservations", body)
    assert reserved.body["tenders"][0]["amount_minor"] == 2000
    assert (await central.post("reservations", body)).headers["Idempotent-Replayed"] == "true"
    found = (await central.post("gift-cards/find", {"number": number})).body
    assert (found["balance_minor"], found["free_minor"]) == (3000, 1000)
    beside = await central.post("sales", paid(central, 2000, gift(number, 1001)))
    assert beside.code == "stored_value_too_low"
    over = paid(central, 2000, gift(number, 2001), reservation_id="res-1")
    assert (await central.post("sales", over)).code == "tender_exceeds_hold"
    sold = await central.post("sales", a_sale(central, [(SHAMPOO, 1, 2000)], reservation_id="res-1"))
    assert (sold.body["tenders"][0]["amount_minor"], sold.body["other_minor"]) == (2000, 0)
    assert await holds(central, number) == 1000
    assert await sound(central)


async def test_less_than_reserved_frees_the_rest(central: CentralUnderTest) -> None:
    one, two = await sold_card(central, 3000), await sold_card(central, 3000)
    quote = {"basket": a_basket([(SHAMPOO, 1, 2000)])}
    quoted = (await central.post("quotes", quote)).body
    tenders = [gift(one["number"], 1000), gift(two["number"], 1000)]
    body = {"reservation_id": "res-1", "quote_id": quoted["quote_id"], "quote": quote, "tenders": tenders}
    assert (await central.post("reservations", body)).status == 200
    sale = paid(central, 2000, gift(one["number"], 400), holder={}, reservation_id="res-1")
    sold = await central.post("sales", sale)
    assert (sold.body["other_minor"], len(sold.body["tenders"])) == (1600, 1)
    for card, left in ((one, 2600), (two, 3000)):
        found = (await central.post("gift-cards/find", {"number": card["number"]})).body
        assert (found["balance_minor"], found["free_minor"]) == (left, left)
    assert await sound(central)


async def test_a_late_ticket_takes_what_is_there_and_says_what_was_gone(central: CentralUnderTest) -> None:
    number = (await sold_card(central, 2000))["number"]
    quote = {"basket": a_basket([(SHAMPOO, 1, 2000)])}
    quoted = (await central.post("quotes", quote)).body
    body = {
        "reservation_id": "res-1",
        "quote_id": quoted["quote_id"],
        "quote": quote,
        "tenders": [gift(number, 2000)],
    }
    await central.post("reservations", body)
    late = a_sale(central, [(SHAMPOO, 1, 2000)], {}, reservation_id="res-1")
    await pass_hold_time(central)
    await central.post("sales", paid(central, 1500, gift(number, 1500), holder={}))
    late["sent_ms"] = central.clock()
    sold = await central.post("sales", late)
    assert (sold.status, sold.body["tenders"][0]["amount_minor"], sold.body["other_minor"]) == (
        200,
        500,
        1500,
    )
    assert [each["code"] for each in sold.body["warnings"]] == ["tender_short"]
    assert await sound(central)


async def test_mixed_tender_and_its_returns_lose_no_centime(central: CentralUnderTest) -> None:
    """Points, two gift cards, purse and other money on three lines; units come back one by one."""
    await trust(central)
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 60000)]))
    cards = [await sold_card(central, 2000), await sold_card(central, 2000)]
    top_up = {"top_up_id": "top-1", "holder": by_uid(), "amount_minor": 3000}
    assert (await central.post("purses/top-ups", top_up)).body["balance"] == 3000
    before = await balances(central)
    points = await central.points_of()
    lines = [(SHAMPOO, 3, 1000), (SUN_CREAM, 7, 2333), (SHAMPOO, 2, 1667)]
    tenders = [gift(cards[0]["number"], 777), purse(1111), gift(cards[1]["number"], 1)]
    sale = a_sale(central, lines, redeem_points=500) | {"tenders": tenders}
    sold = (await central.post("sales", sale)).body
    assert (sold["redeemed_minor"], sold["other_minor"]) == (1000, 5000 - 1000 - 777 - 1111 - 1)
    assert sold["points"] == 50, "earned as if it were all paid by cash"
    path = f"sales/{sale['sale_id']}/returns"
    money = {"purse": 0, "gift_card": 0, "other": 0, "points": 0}
    for line_no, quantity in ((2, 1), (1, 2), (3, 1), (2, 3), (1, 1), (2, 3), (3, 1)):
        back = (await central.post(path, a_return(central, [(line_no, quantity)]))).body
        for each in back["tenders"]:
            money[each["kind"]] += each["amount_minor"]
        money["other"] += back["other_minor"]
        money["points"] += back["restored_minor"]
        assert back["other_minor"] >= 0
    assert money == {"purse": 1111, "gift_card": 778, "other": sold["other_minor"], "points": 1000}
    assert await central.points_of() == points
    redeemed = {key for key in before if key[0].endswith("value_redeemed")}
    after = {key: value for key, value in (await balances(central)).items() if "points" not in key[0]}
    assert after == {
        key: value for key, value in before.items() if "points" not in key[0] and key not in redeemed
    }
    assert await sound(central)


async def test_what_expired_meanwhile_comes_back_for_30_days(central: CentralUnderTest) -> None:
    await trust(central, gift_card_expiry={"policy": "months", "months": 120})
    number = (await sold_card(central, 2000))["number"]
    pass_days(central, 3640)
    sale = paid(central, 1500, gift(number, 1500), holder={})
    assert (await central.post("sales", sale)).status == 200
    pass_days(central, 40)
    report = await central.services.upkeep.expire(GROUP, "night-1")
    assert report.amounts == {"CHF/2": 500}
    assert (await central.post("sales", paid(central, 100, gift(number, 100)))).code == "gift_card_expired"
    back = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["tenders"][0]["amount_minor"] == 1500
    again = paid(central, 1000, gift(number, 1000), holder={})
    assert (await central.post("sales", again)).status == 200
    pass_days(central, 31)
    assert (await central.services.upkeep.expire(GROUP, "night-2")).amounts == {"CHF/2": 500}
    assert await sound(central)


async def test_a_group_may_let_what_expired_be_gone(central: CentralUnderTest) -> None:
    expiry = {"policy": "months", "months": 120}
    await trust(central, gift_card_expiry=expiry, returned_expired="expired")
    number = (await sold_card(central, 2000))["number"]
    pass_days(central, 3640)
    sale = paid(central, 1500, gift(number, 1500), holder={})
    await central.post("sales", sale)
    pass_days(central, 40)
    await central.services.upkeep.expire(GROUP, "night-1")
    await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert await holds(central, number) == 0
    assert (await balances(central))["group/value/expired", "CHF/2"] == 2000
    assert await sound(central)


async def test_a_tender_that_does_not_fit_is_refused_and_nothing_moves(central: CentralUnderTest) -> None:
    number = (await sold_card(central, 3000))["number"]
    before = await balances(central)
    wrong: list[tuple[dict[str, Any], str]] = [
        (paid(central, 1000, gift(number, 1001)), "tender_too_much"),
        (paid(central, 1000, gift(number, 100), gift(number, 100)), "tender_twice"),
        (paid(central, 1000, {"kind": "gift_card", "amount_minor": 100}), "tender_number_mismatch"),
        (paid(central, 1000, purse(100) | {"number": number}), "tender_number_mismatch"),
        (paid(central, 1000, purse(100), holder={}), "tender_needs_member"),
        (paid(central, 1000, purse(100)), "strength_too_low"),
    ]
    for sale, code in wrong:
        assert (await central.post("sales", sale)).code == code
    assert await balances(central) == before
    assert await sound(central)


async def test_many_tills_fight_for_the_last_amount_of_a_card(central: CentralUnderTest) -> None:
    number = (await sold_card(central, 5000))["number"]
    sales = [paid(central, 700, gift(number, 700), holder={}) for _ in range(16)]
    answers = await in_parallel([patient(central, sale) for sale in sales])
    assert sorted(each.status for each in answers) == [200] * 7 + [422] * 9
    assert {each.code for each in answers if each.status != 200} == {"stored_value_too_low"}
    assert await holds(central, number) == 100
    assert await sound(central)


async def test_returns_at_once_give_a_card_back_what_it_paid_and_no_more(central: CentralUnderTest) -> None:
    number = (await sold_card(central, 5000))["number"]
    sale = paid(central, 3500, gift(number, 3000), quantity=7, holder={})
    await central.post("sales", sale)
    path = f"sales/{sale['sale_id']}/returns"
    calls = [central.post(path, a_return(central, [(1, 1)])) for _ in range(8)]
    answers = await in_parallel(calls)
    busy = [each for each in answers if each.status == 503]
    for _ in busy:
        await central.post(path, a_return(central, [(1, 1)]))
    assert await holds(central, number) == 5000
    assert await sound(central)


class InBetween:
    """A store in which something happens right after the shares of a ticket's lines were read, once."""

    def __init__(self, store: Store, happens: Callable[[], Awaitable[object]]) -> None:
        self._store = store
        self._happens: Callable[[], Awaitable[object]] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def list_line_shares(self, group_id: str, line_key: bytes) -> Sequence[LineShare]:
        shares = await self._store.list_line_shares(group_id, line_key)
        if self._happens is not None:
            happens, self._happens = self._happens, None
            await happens()
        return shares


async def test_a_return_that_overtakes_another_breaks_its_guard_and_nothing_else(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    """Two returns at once: what came back to the card may be newer than what was read of the lines."""
    number = (await sold_card(central, 5000))["number"]
    sale = paid(central, 3000, gift(number, 3000), quantity=3, holder={})
    await central.post("sales", sale)
    secrets = await asyncio.to_thread(load_secrets, tmp_path / "central.secrets")
    store, vault = central.services.store, Vault(secrets.master_key)
    row = await store.find_sale(GROUP, sale["sale_id"])
    assert row is not None
    line_key = vault.anonymous_line_key(GROUP, row.sale_id)
    lines = await store.list_sale_lines(GROUP, line_key)
    path = f"sales/{row.sale_id}/returns"
    overtaken: Any = InBetween(store, lambda: central.post(path, a_return(central, [(1, 2)])))
    context = Context(
        store=overtaken, vault=vault, quote_key=b"", clock=central.clock, zones=Zones(),
        known=Known(store, central.clock),
    )  # fmt: skip
    head = EntryHead(
        transaction_id="ret-late/reversal", cause_id="ret-late", occurred_ms=central.clock(),
        recorded_ms=central.clock(), actor="t-1", terminal_id=None, ruleset_version=row.ruleset_version,
    )  # fmt: skip

    back, transaction = await Refunding(context).decide(
        head, await central.services.groups.get(GROUP), row, shop_id="lac-1", line_key=line_key,
        stored=lines, returned=[ReturnedLine(1, 2, 0, 2000)],
        points=PointsBack(paid_minor=0, redeemed=0, restored_before=0, restoring=0),
    )  # fmt: skip

    assert transaction is not None
    assert [(each.amount_minor, each.already_minor) for each in back.tenders] == [(2000, 0)]
    assert await holds(central, number) == 4000


async def test_a_member_pays_with_a_card_and_earns_as_if_it_were_cash(central: CentralUnderTest) -> None:
    number = (await sold_card(central, 5000))["number"]
    sold = await central.post("sales", paid(central, 5000, gift(number, 5000)))
    assert (sold.body["total_minor"], sold.body["points"]) == (5000, 50)
    assert await central.points_of(MEMBER) == 50


async def test_the_same_act_sent_several_times_at_once_is_told_its_answer_each_time(
    central: CentralUnderTest,
) -> None:
    """One of them finds the card as another has just left it: that is its own doing, and no refusal."""
    for number in range(15):
        card_id = f"gift-{number}"
        body: dict[str, Any] = {"gift_card_id": card_id}
        made = await in_parallel([central.post("gift-cards", body) for _ in range(6)])
        assert {(each.status, each.body["number"]) for each in made} == {(200, made[0].body["number"])}
        sale = {
            "activation_id": f"act-{number}", "number": made[0].body["number"], "amount_minor": 5000,
        }  # fmt: skip
        await central.post("gift-cards/activations", sale)
        block = {"block_id": f"block-{number}", "reason": "lost", "gift_card_id": card_id}
        blocked = await in_parallel([central.post("gift-cards/blocks", block) for _ in range(6)])
        assert {each.status for each in blocked} == {200}, [each.body for each in blocked]
        body = {
            "replacement_id": f"rep-{number}",
            "gift_card_id": card_id,
            "new_gift_card_id": f"new-{number}",
        }
        replaced = await in_parallel(
            [central.post("gift-cards/replacements", body, token="office") for _ in range(6)]
        )
        assert {each.status for each in replaced} == {200}, [each.body for each in replaced]
    assert await sound(central)
