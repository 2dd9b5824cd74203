"""Returns of tickets that points paid beside other tenders: whole points, the rest in money, nothing lost.

What is compared comes from the answers and from the clearing's moves, nowhere from how a share is worked out.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.central_fixture import (
    GROUP,
    PROGRAMME,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_uid,
)
from tests.integration.central.clearing_recount import copied_and_recounted
from tests.integration.central.publishing import ms
from tests.integration.central.stored import TRUSTING, gift, holds, new_id, purse, sold_card, sound, trust
from tests.movable_clock import MovableClock


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(ms("2026-10-10T10:00:00+02:00"))) as running:
        await trust(running)
        yield running


async def worth(central: CentralUnderTest, points: int, worth_minor: int) -> None:
    """So many points are worth so much, the group pays for them; the member has some, and a full purse."""
    step = {"points": points, "worth_minor": worth_minor}
    programme = PROGRAMME | {"identification": TRUSTING, "funder": "group", "voucher_step": step}
    await central.services.groups.put_group(
        central.operator,
        name="Lac",
        country="CH",
        currency="CHF",
        programme=msgspec.json.encode(programme).decode(),
        settings=(await central.services.groups.get(GROUP)).settings,
    )
    assert (await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 90_000)]))).status == 200
    top_up = {"top_up_id": new_id(), "holder": by_uid(), "amount_minor": 50_000}
    assert (await central.post("purses/top-ups", top_up)).status == 200


async def sell(central: CentralUnderTest, sale: dict[str, Any]) -> dict[str, Any]:
    sold = await central.post("sales", sale, token="terminal_2")
    assert sold.status == 200, sold.body
    return dict(sold.body)


async def give_back(central: CentralUnderTest, sale_id: str, lines: list[tuple[int, int]]) -> dict[str, Any]:
    """What a return answers, which adds up to its price."""
    back = (await central.post(f"sales/{sale_id}/returns", a_return(central, lines))).body
    told = back["restored_minor"] + sum(each["amount_minor"] for each in back["tenders"])
    assert told + back["other_minor"] == back["total_minor"]
    return dict(back)


async def cleared_points(central: CentralUnderTest) -> dict[str, int]:
    """By return what the clearing counts for the points that it gave back."""
    moves = (await central.get("clearing/2026-10/moves", token="office")).body["moves"]
    found: Counter[str] = Counter()
    for each in moves:
        if (each["what"], each["asset"]) == ("given_back", "PTS/0"):
            found[each["cause_id"]] += each["amount_minor"]
    return dict(found)


@pytest.mark.parametrize("in_purse", [0, 1000, 5000])
async def test_what_no_whole_point_pays_for_goes_back_as_money(
    central: CentralUnderTest, in_purse: int
) -> None:
    """7 units for 56.00, 3 points worth 3.00: 2 units bring no point back yet, so all of 16.00 is money."""
    await worth(central, 1, 100)
    tenders = [purse(in_purse)] if in_purse else []
    sale = a_sale(central, [(SHAMPOO, 7, 5600)], by_uid(), redeem_points=3, tenders=tenders)
    await sell(central, sale)
    backs = [await give_back(central, sale["sale_id"], [(1, units)]) for units in (2, 1, 4)]
    told = [(each["restored_points"], each["restored_minor"]) for each in backs]
    assert told == [(0, 0), (1, 100), (2, 200)]
    money = [each["total_minor"] - each["restored_minor"] for each in backs]
    assert money == [1600, 700, 3000], "the same however the rest was paid"
    from_purse = [sum(tender["amount_minor"] for tender in each["tenders"]) for each in backs]
    right = {0: [0, 0, 0], 1000: [372, 86, 542], 5000: [1514, 657, 2829]}
    assert from_purse == right[in_purse]
    told_minor = {each["return_id"]: each["restored_minor"] for each in backs if each["restored_minor"]}
    assert await cleared_points(central) == told_minor


@pytest.mark.parametrize("seed", range(6))
async def test_any_returns_of_any_mixed_ticket_give_each_tender_what_it_paid(
    central: CentralUnderTest, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    step_points, step_minor = rng.choice([(1, 100), (100, 200), (7, 3), (50, 125), (1, 37)])
    await worth(central, step_points, step_minor)
    told: dict[str, int] = {}
    for _ in range(6):
        lines = [
            (rng.choice([SHAMPOO, SUN_CREAM]), rng.randint(1, 9), rng.randint(300, 4000))
            for _ in range(rng.randint(1, 4))
        ]
        price = sum(amount for _, _, amount in lines)
        steps = rng.randint(1, max(1, min(price // 2 // step_minor, 60 // step_points + 3)))
        left = price - steps * step_minor
        cards = [(await sold_card(central, 2000))["number"] for _ in range(rng.randint(0, 2))]
        amounts = [rng.randint(1, min(2000, left // 4)) for _ in cards]
        tenders = [gift(number, amount) for number, amount in zip(cards, amounts, strict=True)]
        if rng.random() < 0.7:
            tenders.insert(rng.randint(0, len(tenders)), purse(rng.randint(1, left // 3)))
        points = await central.points_of()
        sale = a_sale(central, lines, by_uid(), redeem_points=steps * step_points, tenders=tenders)
        sold = await sell(central, sale)
        units = [no for no, (_, quantity, _) in enumerate(lines, start=1) for _ in range(quantity)]
        rng.shuffle(units)
        back: Counter[str] = Counter()
        while units:
            now, units = units[: (many := rng.randint(1, 4))], units[many:]
            answer = await give_back(central, sale["sale_id"], sorted(Counter(now).items()))
            back["points"] += answer["restored_minor"]
            back["other"] += answer["other_minor"]
            assert answer["other_minor"] >= 0
            assert back["other"] <= sold["other_minor"]
            for each in answer["tenders"]:
                assert each["amount_minor"] > 0
                back[each["number_end"] or "purse"] += each["amount_minor"]
            if answer["restored_minor"]:
                told[answer["return_id"]] = answer["restored_minor"]
        paid = Counter({each["number_end"] or "purse": each["amount_minor"] for each in sold["tenders"]})
        paid += Counter({"points": steps * step_minor, "other": sold["other_minor"]})
        assert +back == paid
        assert await central.points_of() == points
        assert [await holds(central, number) for number in cards] == [2000] * len(cards)
    assert await cleared_points(central) == told
    nets = (await central.get("clearing/2026-10", token="office")).body["nets"]
    by_pair = {(each["debtor"], each["creditor"]): each["amount_minor"] for each in nets}
    assert by_pair == await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    assert await sound(central)


@pytest.mark.parametrize("seed", range(4))
async def test_lines_cheaper_than_a_point_bring_their_price_back_and_never_more(
    central: CentralUnderTest, tmp_path: Path, seed: int
) -> None:
    """A point is worth 0.37, a unit 0.05 to 0.60: what does not fit comes later, at last as money."""
    rng = random.Random(seed)
    await worth(central, 1, 37)
    is_left = False
    for _ in range(8):
        lines = [(SHAMPOO, many, many * rng.randint(5, 60)) for many in (1, 1, rng.randint(2, 6))]
        price = sum(amount for _, _, amount in lines)
        steps = price // 37
        rest = price - 37 * steps
        tenders = [purse(rest)] if rest and rng.random() < 0.5 else []
        points = await central.points_of()
        sale = a_sale(central, lines, by_uid(), redeem_points=steps, tenders=tenders)
        sold = await sell(central, sale)
        units = [no for no, (_, quantity, _) in enumerate(lines, start=1) for _ in range(quantity)]
        rng.shuffle(units)
        back: Counter[str] = Counter()
        while units:
            now, units = units[: (many := rng.randint(1, 3))], units[many:]
            answer = await give_back(central, sale["sale_id"], sorted(Counter(now).items()))
            assert 0 <= answer["restored_minor"] <= answer["total_minor"]
            assert answer["other_minor"] >= 0, "nobody pays for bringing goods back"
            back["points"] += answer["restored_points"]
            back["purse"] += sum(each["amount_minor"] for each in answer["tenders"])
            back["total"] += answer["total_minor"]
        assert (back["total"], back["purse"]) == (
            price,
            sum(each["amount_minor"] for each in sold["tenders"]),
        )
        assert await central.points_of() == points - steps + back["points"]
        assert back["points"] <= steps
        is_left |= back["points"] < steps
    assert is_left, "some points came back as money"
    nets = (await central.get("clearing/2026-10", token="office")).body["nets"]
    by_pair = {(each["debtor"], each["creditor"]): each["amount_minor"] for each in nets}
    assert by_pair == await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    untold = await copied_and_recounted(central.services, GROUP, tmp_path / "untold.db", forgets_told=True)
    assert by_pair == untold, "returns of before that was written are counted the same"
    assert await sound(central)
