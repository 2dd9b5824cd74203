"""A reservation takes the place of another, over HTTP: what the first kept is free for the second (P-15)."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    OTHER_UID,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_basket,
    a_central,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.claim_rules import bonus, discount, publish, spent_and_left
from tests.integration.central.test_value import MovableClock, earn, lenient, sound

ONE = [(SUN_CREAM, 1, 1000)]
TWO = [(SUN_CREAM, 1, 1000), (SUN_CREAM, 1, 1000)]
ONCE = [{"per": "group", "window": "ever", "times": 1}]


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def asked(
    central: CentralUnderTest,
    reservation_id: str,
    *replaces: str,
    lines: list[tuple[str, int, int]] = ONE,
    uid: str | None = None,
    points: int = 0,
) -> dict[str, Any]:
    """The body that reserves these lines in the place of others, with its quote."""
    holder = by_uid() if uid is None else by_uid(uid)
    quote = {"basket": a_basket(lines), "holder": holder, "replaces": list(replaces)}
    quoted = await central.post("quotes", quote)
    assert quoted.status == 200, quoted.body
    return {
        "reservation_id": reservation_id,
        "quote_id": quoted.body["quote_id"],
        "quote": quote,
        "redeem_points": points,
    }


async def reserve(central: CentralUnderTest, reservation_id: str, *replaces: str, **changed: Any) -> Reply:
    return await central.post("reservations", await asked(central, reservation_id, *replaces, **changed))


async def sell(central: CentralUnderTest, reservation_id: str, lines: Any = ONE) -> Reply:
    return await central.post("sales", a_sale(central, lines, reservation_id=reservation_id))


async def test_a_price_with_a_limit_stays_from_one_reservation_to_the_next(central: CentralUnderTest) -> None:
    await publish(central, discount(limits=ONCE, budget=300), bonus(limits=ONCE))
    terms = [
        (held.body["total_minor"], held.body["points"])
        for held in [await reserve(central, "res-1"), await reserve(central, "res-2", "res-1")]
    ]
    assert terms == [(700, 50), (700, 50)]
    stranger = await reserve(central, "res-3", uid=OTHER_UID)
    assert (stranger.body["total_minor"], stranger.body["points"]) == (1000, 0), "it is still kept"
    sold = await sell(central, "res-2")
    assert (sold.status, sold.body["total_minor"], sold.body["points"]) == (200, 700, 50)
    assert await spent_and_left(central, "third", "CHF/2") == (300, 0)
    assert await sound(central)


async def test_points_kept_for_the_first_pay_under_the_second(central: CentralUnderTest) -> None:
    await lenient(central)
    await earn(central)
    lines = [(SUN_CREAM, 1, 3000)]
    assert (await reserve(central, "res-1", lines=lines, points=500)).status == 200
    alone = await reserve(central, "res-2", lines=lines, points=1000)
    assert alone.code == "balance_too_low", "beside the first there are 500 left"
    assert (await reserve(central, "res-2", "res-1", lines=lines, points=1000)).status == 200
    sold = await sell(central, "res-2", lines)
    assert (sold.body["redeemed_points"], sold.body["redeemed_minor"]) == (1000, 2000)
    assert await sound(central)


async def test_a_sale_that_names_the_first_is_paid_by_what_stands(central: CentralUnderTest) -> None:
    """The answer of the second was lost: the till books what it knows of."""
    await publish(central, discount(limits=ONCE, budget=300))
    await reserve(central, "res-1")
    await reserve(central, "res-2", "res-1")
    sold = await sell(central, "res-1")
    assert (sold.status, sold.body["total_minor"]) == (200, 700)
    late = await central.post("quotes", {"basket": a_basket(ONE), "holder": by_uid(), "replaces": ["res-2"]})
    assert late.code == "reservation_used"
    assert await spent_and_left(central, "third", "CHF/2") == (300, 0)
    assert await sound(central)


@pytest.mark.parametrize("changed", [{"lines": TWO}, {"uid": OTHER_UID}], ids=["other lines", "another card"])
async def test_terms_are_those_of_the_one_that_is_named(
    central: CentralUnderTest, changed: dict[str, Any]
) -> None:
    """What stands is of other lines or another card: who books the first ticket never heard of that."""
    await publish(central, discount(limits=ONCE, budget=300), bonus(limits=ONCE))
    first = await reserve(central, "res-1")
    second = await reserve(central, "res-2", "res-1", **changed)
    assert (first.status, second.status) == (200, 200)
    sold = await sell(central, "res-1")
    assert (sold.status, sold.body["total_minor"], sold.body["points"]) == (200, 700, 50)
    assert "promised" not in str(sold.body.get("remarks")), "it got what it was promised"
    assert await spent_and_left(central, "third", "CHF/2") == (300, 0)
    assert await sound(central)


async def test_a_copy_that_comes_later_is_told_what_the_quicker_one_was(
    central: CentralUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one had not seen `res-2` when it came, and finds it standing in the place of `res-1`."""
    await publish(central, discount(limits=ONCE, budget=300))
    await reserve(central, "res-1")
    body = await asked(central, "res-2", "res-1")
    is_in, may_go_on = asyncio.Event(), asyncio.Event()
    kind = type(central.services.store)
    find = kind.find_standing_reservation

    async def find_when_told(store: Any, group_id: str, reservation_id: str) -> str:
        if not is_in.is_set():
            is_in.set()
            await may_go_on.wait()
        return await find(store, group_id, reservation_id)

    monkeypatch.setattr(kind, "find_standing_reservation", find_when_told)
    slow = asyncio.create_task(central.post("reservations", body))
    await is_in.wait()
    quick = await central.post("reservations", body)
    may_go_on.set()
    assert (quick.status, (await slow).status) == (200, 200)
    assert (await slow).body == quick.body
    assert (await sell(central, "res-2")).body["total_minor"] == 700
    assert await sound(central)


async def test_copies_at_once_make_one_reservation(central: CentralUnderTest) -> None:
    await publish(central, discount(limits=ONCE, budget=300))
    await reserve(central, "res-1")
    body = await asked(central, "res-2", "res-1")
    replies = await in_parallel([central.post("reservations", body) for _ in range(8)])
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body["expires_ms"] for reply in replies}) == 1
    assert (await sell(central, "res-2")).body["total_minor"] == 700
    assert await sound(central)


async def test_one_that_stands_unnamed_is_told(central: CentralUnderTest) -> None:
    await publish(central, discount(limits=ONCE))
    await reserve(central, "res-1")
    await reserve(central, "res-2", "res-1")
    quote = {"basket": a_basket(ONE), "holder": by_uid(), "replaces": ["res-1"]}
    refused = await central.post("quotes", quote)
    assert (refused.status, refused.code) == (409, "reservation_replaced")
    assert (await reserve(central, "res-3", "res-1", "res-2")).body["total_minor"] == 700
