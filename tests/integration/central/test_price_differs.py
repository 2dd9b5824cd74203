"""Nobody is silently charged otherwise than the receipt says: a till without a quote is told both totals."""

import json
from typing import Any

from tests.central_fixture import GROUP, SHAMPOO, CentralUnderTest, a_basket, a_sale, by_uid
from tests.integration.central.publishing import publish

LINE = [(SHAMPOO, 1, 2590)]
OFF: dict[str, Any] = {
    "id": "ten",
    "version": 1,
    "kind": "promotion",
    "when": True,
    "effects": [{"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}],
}


def warned(answer: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in answer["warnings"]]


async def events(central: CentralUnderTest) -> list[dict[str, Any]]:
    rows = await central.services.store.list_events(GROUP, 0, 1000)
    return [json.loads(row.body) for row in rows if row.kind == "sale.price_differs"]


async def test_a_till_without_a_quote_is_told_both_totals_and_so_are_paper_head_office_and_the_explanation(
    central: CentralUnderTest,
) -> None:
    await publish(central, OFF)
    body = a_sale(central, LINE, receipt_columns=64)
    sold = (await central.post("sales", body)).body
    assert (sold["total_minor"], warned(sold)) == (2331, ["price_differs"])
    assert "CHF 25.90" in sold["warnings"][0]["detail"]
    assert "CHF 23.31" in sold["warnings"][0]["detail"]
    paper = [" ".join(row.split()) for row in sold["receipt"]]
    assert "Total selon ce ticket CHF 23.31" in paper
    assert "Demandé par la caisse CHF 25.90" in paper
    (event,) = await events(central)
    assert (event["till_total_minor"], event["total_minor"]) == (2590, 2331)
    assert event["sale_id"] == sold["sale_id"]
    why = (await central.get(f"sales/{sold['sale_id']}/why", token="office")).body
    assert why["till_total_minor"] == 2590
    again = (await central.post("sales", body)).body
    assert (again["warnings"], again["receipt"]) == (sold["warnings"], sold["receipt"])
    assert len(await events(central)) == 1


async def test_a_till_that_quoted_first_charges_what_the_quote_said(central: CentralUnderTest) -> None:
    await publish(central, OFF)
    quoted = (await central.post("quotes", {"basket": a_basket(LINE), "holder": by_uid()})).body
    sold = (await central.post("sales", a_sale(central, LINE, quote_id=quoted["quote_id"]))).body
    assert (sold["total_minor"], warned(sold)) == (quoted["total_minor"], [])
    assert await events(central) == []
    why = (await central.get(f"sales/{sold['sale_id']}/why", token="office")).body
    assert why["till_total_minor"] is None


async def test_a_total_that_agrees_is_no_news(central: CentralUnderTest) -> None:
    sold = (await central.post("sales", a_sale(central, LINE))).body
    assert (sold["total_minor"], warned(sold)) == (2590, [])
    assert await events(central) == []


async def test_a_till_that_leaves_the_price_to_central_asked_for_nothing(central: CentralUnderTest) -> None:
    await publish(central, OFF)
    sold = (await central.post("sales", a_sale(central, [(SHAMPOO, 1, None)], receipt_columns=64))).body
    assert (sold["total_minor"], warned(sold)) == (801, [])
    assert not [row for row in sold["receipt"] if "Demandé" in row]
    assert await events(central) == []


async def test_a_late_ticket_without_a_quote_says_so_as_well(central: CentralUnderTest) -> None:
    await publish(central, OFF)
    late = a_sale(central, LINE, occurred_ms=central.clock() - 3_600_000)
    assert warned((await central.post("sales", late)).body) == ["price_differs"]
