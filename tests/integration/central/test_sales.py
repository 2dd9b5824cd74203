"""Sales over HTTP: what is earned, what is answered, and that each ticket has one effect."""

import asyncio

from tests.central_fixture import (
    BLOCKED_CARD,
    CARD,
    MEMBER,
    OTHER_CARD,
    PRESCRIPTION,
    SHAMPOO,
    SUN_CREAM,
    UNCLASSIFIED,
    UNPRICED,
    CentralUnderTest,
    a_basket,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)


async def test_a_sale_answers_with_prices_points_balance_and_profile(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980), (PRESCRIPTION, 1, 2500)]))

    assert reply.status == 200
    assert [line["points"] for line in reply.body["lines"]] == [39, 0]
    assert [line["price_minor"] for line in reply.body["lines"]] == [1990, 2500]
    assert (reply.body["total_minor"], reply.body["points"], reply.body["balance_points"]) == (6480, 39, 39)
    assert reply.body["profile"]["points"] == 39
    assert reply.body["profile"]["points_today"] == 39
    assert reply.body["profile"]["display_name"] == "Mme R."
    assert reply.body["lines"][1]["reasons"][0]["rule_id"] == "law.CH"
    assert await central.points_of() == 39
