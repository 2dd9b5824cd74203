"""Batches of head office over HTTP (C-28): numbers handed out once, activated, traced to their tickets."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.members.identify import TooManyTries
from loyalty.errors import LoyaltyError
from loyalty.limits.ledger import RESTORED_POINTS_DAYS
from loyalty.limits.value import GUESSES_PER_TERMINAL
from loyalty.programme.voucher import voucher_code
from loyalty.value.secret_numbers import secret_number
from tests.central_fixture import GROUP, CentralUnderTest, a_central, a_return, in_parallel
from tests.integration.central.stored import (
    activate,
    balances,
    gift,
    holds,
    paid,
    sold_card,
    sound,
    trust,
)
from tests.integration.central.test_known import _another_worker
from tests.movable_clock import MovableClock
from wire import api_parties
from wire.api_stored_value import GiftNumberBody

DAY_MS = 86_400_000


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


def a_batch(batch_id: str = "lottery", cards: int = 3, **more: Any) -> dict[str, Any]:
    return {"batch_id": batch_id, "cards": cards, "purpose": "Summer lottery", "amount_minor": 2000} | more


async def post(central: CentralUnderTest, path: str, body: dict[str, Any], token: str = "office") -> Any:
    return await central.post(path, body, token=token)


async def test_the_life_of_a_prize(central: CentralUnderTest) -> None:
    await trust(central, prize_expiry={"policy": "months", "months": 6})
    supplier = api_parties.PartyBody(name="Solaire SA")
    await central.services.parties.put(central.operator, "supplier", "solaire", supplier)
    body = a_batch(funder="supplier/solaire")
    made = await post(central, "gift-batches", body)
    assert (made.status, made.body["state"]) == (200, "made")
    assert (await post(central, "gift-batches", body)).headers["Idempotent-Replayed"] == "true"
    assert (await post(central, "gift-batches", body | {"cards": 4})).code == "idempotency_conflict"

    early = await post(central, "gift-batches/lottery/activation", {"activation_id": "act-1"})
    assert early.code == "gift_batch_not_handed_out"
    file = await post(central, "gift-batches/lottery/file", {"handout_id": "out-1"})
    assert [card["place"] for card in file.body["cards"]] == [1, 2, 3]
    again = await post(central, "gift-batches/lottery/file", {"handout_id": "out-1"})
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", file.body)
    other = await post(central, "gift-batches/lottery/file", {"handout_id": "out-2"})
    assert (other.status, other.code) == (409, "gift_batch_handed_out")
    number = file.body["cards"][0]["number"]
    assert (
        await central.post("sales", paid(central, 1000, gift(number, 1000)))
    ).code == "gift_card_not_active"
    assert (await activate(central, number, 2000)).code == "gift_card_of_batch", "a shop does not sell prizes"

    active = await post(central, "gift-batches/lottery/activation", {"activation_id": "act-1"})
    assert active.body["state"] == "active"
    repeated = await post(central, "gift-batches/lottery/activation", {"activation_id": "act-1"})
    assert repeated.headers["Idempotent-Replayed"] == "true"
    second = await post(central, "gift-batches/lottery/activation", {"activation_id": "act-2"})
    assert second.code == "gift_batch_active"
    late = await post(central, "gift-batches/lottery/file", {"handout_id": "out-1"})
    assert late.code == "gift_batch_handed_out", (
        "once they are worth something nobody reads the numbers again"
    )

    found = (await central.post("gift-cards/find", {"number": number})).body
    assert (found["balance_minor"], found["purpose"], found["funder"]) == (
        2000,
        "Summer lottery",
        "supplier/solaire",
    )
    sale = paid(central, 3000, gift(number, 1500), holder={}, quantity=3)
    assert (await central.post("sales", sale)).body["other_minor"] == 1500
    back = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["tenders"][0]["amount_minor"] == 500
    (taken,) = await central.services.store.list_allotted(GROUP, f"{sale['sale_id']}/tenders")
    assert (taken.funder, taken.source_id) == ("supplier/solaire", "lottery")
    cards = (await central.get("gift-batches/lottery/cards", token="office")).body["cards"]
    assert [card["balance_minor"] for card in cards] == [1000, 2000, 2000]
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 190 * DAY_MS
    report = await central.services.upkeep.expire(GROUP, "night")
    assert (report.lots, report.amounts) == (3, {"CHF/2": 5000})
    assert (await central.post("sales", paid(central, 100, gift(number, 100)))).code == "gift_card_expired"
    assert await sound(central)


async def test_a_card_that_lives_on_after_a_return_tells_the_end_of_what_it_holds_now(
    central: CentralUnderTest,
) -> None:
    await trust(central, prize_expiry={"policy": "months", "months": 6})
    await post(central, "gift-batches", a_batch(cards=1, funder="group"))
    file = await post(central, "gift-batches/lottery/file", {"handout_id": "out-1"})
    number = file.body["cards"][0]["number"]
    await post(central, "gift-batches/lottery/activation", {"activation_id": "act-1"})

    async def ends() -> tuple[int, int]:
        found = (await central.post("gift-cards/find", {"number": number})).body
        (listed,) = (await central.get("gift-batches/lottery/cards", token="office")).body["cards"]
        assert listed["expires_ms"] == found["expires_ms"]
        return found["expires_ms"], found["balance_minor"]

    first, _ = await ends()
    sale = paid(central, 2000, gift(number, 2000))
    assert (await central.post("sales", sale)).status == 200
    assert await ends() == (first, 0), "an empty card tells the end it was given with"
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms = first + DAY_MS
    assert (await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))).status == 200
    assert await ends() == (central.clock.now_ms + RESTORED_POINTS_DAYS * DAY_MS, 2000)
    assert await sound(central)


async def test_a_batch_activated_twice_at_once_gives_each_card_its_amount_once(
    central: CentralUnderTest,
) -> None:
    await post(central, "gift-batches", a_batch(cards=230))
    await post(central, "gift-batches/lottery/file", {"handout_id": "out-1"})
    calls = [post(central, "gift-batches/lottery/activation", {"activation_id": "act-1"}) for _ in range(4)]
    answers = await in_parallel(calls)
    assert {each.status for each in answers} == {200}
    assert (await balances(central))["group/value/issued", "CHF/2"] == -230 * 2000
    first = (await central.get("gift-batches/lottery/cards", token="office")).body["cards"]
    last = (await central.get("gift-batches/lottery/cards?after=200", token="office")).body["cards"]
    assert (len(first), len(last), last[-1]["gift_card_id"]) == (200, 30, "lottery:230")
    assert {card["state"] for card in (*first, *last)} == {"active"}
    assert await sound(central)


async def test_blank_cards_of_a_batch_are_sold_by_shops(central: CentralUnderTest) -> None:
    blank = {"batch_id": "blank", "cards": 2, "purpose": "For the shops"}
    await post(central, "gift-batches", blank)
    file = await post(central, "gift-batches/blank/file", {"handout_id": "out-1"})
    refused = await post(central, "gift-batches/blank/activation", {"activation_id": "act-1"})
    assert refused.code == "gift_batch_blank"
    number = file.body["cards"][1]["number"]
    assert (await activate(central, number, 3300)).status == 200
    assert await holds(central, number) == 3300
    assert await sound(central)


async def test_a_batch_of_an_unknown_funder_and_by_a_shop_is_refused(central: CentralUnderTest) -> None:
    unknown = await post(central, "gift-batches", a_batch(funder="supplier/nobody"))
    assert (unknown.status, unknown.code) == (422, "funder_not_there")
    assert (await post(central, "gift-batches", a_batch(), token="terminal")).code == "permission_missing"
    listed = await central.get("gift-batches", token="office")
    assert listed.body["batches"] == []
    assert (await post(central, "gift-batches/none/file", {"handout_id": "o"})).code == "gift_batch_not_found"


async def test_ten_thousand_guesses_are_slowed_and_told_and_nobody_else_is_locked_out(
    central: CentralUnderTest,
) -> None:
    number = (await sold_card(central, 2000))["number"]
    codes: dict[str, int] = {}

    async def guess(numbers: range) -> None:
        for at in numbers:
            secret = at.to_bytes(16, "big") * 2
            if at % 2:
                answer = await central.post("gift-cards/find", {"number": secret_number(secret)})
            else:
                sale = paid(central, 1000, holder={})
                sale["basket"]["vouchers"] = [voucher_code(secret)]
                answer = await central.post("sales", sale)
            codes[answer.code] = codes.get(answer.code, 0) + 1

    await in_parallel([guess(range(first, first + 1250)) for first in range(0, 10_000, 1250)])
    unknown = codes.pop("gift_card_unknown", 0) + codes.pop("voucher_unknown", 0)
    assert unknown == GUESSES_PER_TERMINAL, "so many, and no more is learned"
    assert codes == {"too_many_tries": 10_000 - GUESSES_PER_TERMINAL}
    locked = await central.post("gift-cards/find", {"number": number})
    assert (locked.status, locked.code) == (429, "too_many_tries")
    assert int(locked.headers["Retry-After"]) > 0
    assert await holds(central, number, token="terminal_2") == 2000
    assert (await central.post("sales", paid(central, 1000, holder={}))).status == 200, "it goes on selling"
    events = await central.services.store.list_events(GROUP, 0, 10_000)
    told = [event for event in events if event.kind == "guessing.noticed"]
    assert len(told) == 1
    assert '"terminal_id":"t-1"' in told[0].body


async def test_guesses_that_two_workers_hear_are_one_count(central: CentralUnderTest, tmp_path: Path) -> None:
    number = (await sold_card(central, 2000))["number"]
    async with _another_worker(tmp_path) as other:
        actor = await other.access.authenticate(central.tokens["terminal"])
        codes = []
        for at in range(GUESSES_PER_TERMINAL + 6):
            guess = secret_number(at.to_bytes(16, "big") * 2)
            if at % 2:
                codes.append((await central.post("gift-cards/find", {"number": guess})).code)
                continue
            with pytest.raises(LoyaltyError) as refused:
                await other.stored.gift_cards.find(actor, GiftNumberBody(number=guess))
            codes.append(refused.value.code)
        assert codes == ["gift_card_unknown"] * GUESSES_PER_TERMINAL + ["too_many_tries"] * 6
        with pytest.raises(TooManyTries):
            await other.stored.gift_cards.find(actor, GiftNumberBody(number=number))
        events = await central.services.store.list_events(GROUP, 0, 10_000)
        assert [each.kind for each in events].count("guessing.noticed") == 1
        assert await holds(central, number, token="terminal_2") == 2000
