"""Rules on the shop's time of day and points without tax: over HTTP, on a real store."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_uid,
)
from tests.integration.central.publishing import ms, publish
from tests.movable_clock import MovableClock

HAPPY_HOUR = {
    "id": "happy-hour",
    "version": 1,
    "kind": "promotion",
    "when": True,
    "effects": [{"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}],
    "period": {"from": "2026-01-01", "to": "2026-12-31"},
    "hours": {"from": "17:00", "to": "19:00", "weekdays": ["monday", "tuesday", "sunday"]},
}


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(ms("2026-11-23T12:00:00+01:00"))


@pytest.fixture
async def central(tmp_path: Path, clock: MovableClock) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, clock) as running:
        yield running


async def quoted(central: CentralUnderTest, **more: Any) -> Any:
    reply = await central.post(
        "quotes", {"basket": a_basket([(SHAMPOO, 1, 1000)]), "holder": by_uid()} | more
    )
    assert reply.status == 200, reply.body
    return reply.body


@pytest.mark.parametrize(
    ("moment", "total"),
    [
        ("2026-11-23T16:59:59.999+01:00", 1000),
        ("2026-11-23T17:00:00+01:00", 900),
        ("2026-11-23T18:59:59.999+01:00", 900),
        ("2026-11-23T19:00:00+01:00", 1000),
        ("2026-11-25T18:00:00+01:00", 1000),  # a Wednesday
        ("2026-03-29T14:59:59Z", 1000),  # the Sunday that loses an hour: 16:59
        ("2026-03-29T15:00:00Z", 900),
        ("2026-10-25T15:59:59Z", 1000),  # the Sunday that gains one: 16:59
        ("2026-10-25T16:00:00Z", 900),
    ],
)
async def test_happy_hour_is_that_of_the_shops_clock(
    central: CentralUnderTest, clock: MovableClock, moment: str, total: int
) -> None:
    await publish(central, HAPPY_HOUR)
    clock.now_ms = ms(moment)
    assert (await quoted(central))["total_minor"] == total


async def test_a_shop_in_another_zone_has_its_own_hour(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, HAPPY_HOUR)
    overseas = {"name": "Pharmacie du Lagon", "country": "CH", "time_zone": "Indian/Reunion"}
    assert (await central.put("shops/lagon", overseas)).status == 200
    clock.now_ms = ms("2026-11-23T18:00:00+04:00")
    at_lagon = await central.post(
        "quotes", {"basket": a_basket([(SHAMPOO, 1, 1000)]), "shop_id": "lagon"}, token="office"
    )
    assert (at_lagon.body["total_minor"], (await quoted(central))["total_minor"]) == (900, 1000)


async def test_a_late_ticket_has_the_hour_at_which_it_was_sold(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, HAPPY_HOUR)
    clock.now_ms = ms("2026-11-24T08:00:00+01:00")
    late = a_sale(central, [(SHAMPOO, 1, 1000)], occurred_ms=ms("2026-11-23T18:30:00+01:00"))
    assert (await central.post("sales", late)).body["total_minor"] == 900
    assert (await central.post("sales", a_sale(central, [(SHAMPOO, 1, 1000)]))).body["total_minor"] == 1000


async def test_a_sale_under_a_quote_keeps_the_hour_of_the_quote(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, HAPPY_HOUR)
    clock.now_ms = ms("2026-11-23T18:58:00+01:00")
    quote = await quoted(central)
    clock.now_ms += 3 * 60_000
    sold = await central.post("sales", a_sale(central, [(SHAMPOO, 1, 1000)], quote_id=quote["quote_id"]))
    assert (sold.status, sold.body["total_minor"]) == (200, 900)


# Tax --------------------------------------------------------------------------------------------------------


async def put_tax(central: CentralUnderTest, rate_bp: int | None) -> Any:
    article = {"name": "shampoo", "article_class": "cosmetic", "codes": [SHAMPOO], "price_minor": 890}
    reply = await central.put("articles/shampoo", article | {"tax_rate_bp": rate_bp})
    assert reply.status == 200, reply.body
    return reply.body


async def test_points_without_tax_count_on_the_articles_rate(central: CentralUnderTest) -> None:
    await publish(central, points_base="paid_tax_excluded")
    before = await put_tax(central, None)
    unknown = await quoted(central, basket=a_basket([(SHAMPOO, 1, 10810)]))
    assert unknown["points"] == 0
    assert "tax_unknown" in {reason["code"] for reason in unknown["lines"][0]["reasons"]}

    after = await put_tax(central, 810)
    assert (after["tax_rate_bp"], after["version"]) == (810, before["version"] + 1)
    assert (await put_tax(central, 810))["version"] == after["version"]
    assert (await central.get("articles/shampoo", token="office")).body["tax_rate_bp"] == 810
    assert (await quoted(central, basket=a_basket([(SHAMPOO, 1, 10810)])))["points"] == 100

    sold = await central.post("sales", a_sale(central, [(SHAMPOO, 1, 10810), (SUN_CREAM, 1, 5000)]))
    assert [line["points"] for line in sold.body["lines"]] == [100, 0], "no rate of the sun cream is known"


async def test_the_lines_own_rate_wins_over_the_articles(central: CentralUnderTest) -> None:
    await publish(central, points_base="paid_tax_excluded")
    await put_tax(central, 810)
    basket = a_basket([(SHAMPOO, 1, 10260)])
    basket["lines"][0]["tax_rate_bp"] = 260
    assert (await quoted(central, basket=basket))["points"] == 100
    basket["lines"][0]["tax_rate_bp"] = 10_001
    assert (await central.post("quotes", {"basket": basket})).status == 400


async def test_a_return_takes_the_points_that_were_counted_without_tax(central: CentralUnderTest) -> None:
    await publish(central, points_base="paid_tax_excluded")
    await put_tax(central, 810)
    sale = a_sale(central, [(SHAMPOO, 2, 21620)])
    assert (await central.post("sales", sale)).body["points"] == 200
    back = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["points"] == 100
    again = await central.post("sales", sale)
    assert (again.headers["Idempotent-Replayed"], again.body["points"]) == ("true", 200)
