"""What suppliers owe for a month: each ticket line once, to the budget's last minor unit (P-52)."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.clearing import SETTLEMENT_TICKETS_MIN
from tests.central_fixture import (
    CARD,
    GROUP,
    MEMBER,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
)
from tests.integration.central.claim_rules import bonus, discount, publish, spent_and_left
from tests.integration.central.publishing import ms
from tests.integration.central.test_claims import pass_hold_time, patient
from tests.integration.central.test_vouchers import paid_with, thanks
from tests.movable_clock import MovableClock
from wire import api_catalogue

MONTH = "2026-10"
SOL = "settlements/2026-10/parties/supplier/sol"
STEP = {"points": 500, "worth_minor": 1000}
PAID = {"funder": "supplier/sol"}


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    """In the middle of October 2026, with the supplier Sol."""
    assert engine
    async with a_central(tmp_path, MovableClock(ms("2026-10-15T10:00:00+02:00"))) as running:
        await running.put("parties/supplier/sol", {"name": "Sol Laboratoires SA"})
        yield running


async def settled(central: CentralUnderTest, path: str = SOL) -> dict[str, Any]:
    """A settlement, with its lines: the sums are theirs."""
    answer = await central.get(path, token="office")
    assert answer.status == 200, answer.body
    lines: list[dict[str, Any]] = []
    after = ""
    while True:
        page = (await central.get(f"{path}/lines?limit=3&after={after}", token="office")).body
        lines += page["lines"]
        if page["next"] is None:
            break
        after = page["next"]
    body: dict[str, Any] = answer.body | {"listed": lines}
    assert body["lines"] == len(lines) == len({line["entry"] for line in lines})
    for name in ("amount_minor", "points", "quantity"):
        assert body[name] == sum(line[name] for line in lines)
        assert body[name] == sum(rule[name] for rule in body["rules"])
    assert body["amount_minor"] == sum(each["amount_minor"] for each in body["creditors"])
    assert body["amount_minor"] == sum(each["amount_minor"] for each in body["taxes"])
    return body


async def test_a_discount_a_supplier_pays_is_settled_by_line_and_a_return_takes_its_share_back(
    central: CentralUnderTest,
) -> None:
    await publish(central, discount(**PAID))
    sale = a_sale(central, [(SUN_CREAM, 3, 5970), (SHAMPOO, 1, 890)])
    assert (await central.post("sales", sale)).body["total_minor"] == 6860 - 2058
    first = await settled(central)
    assert [(line["article_id"], line["quantity"], line["amount_minor"]) for line in first["listed"]] == [
        ("sun-cream", 3, 1791),
        ("shampoo", 1, 267),
    ]
    assert [each["creditor"] for each in first["creditors"]] == ["shop/lac-1"]
    assert (first["state"], first["currency"], first["listed"][0]["day"]) == ("open", "CHF", "2026-10-15")
    for number in range(3):
        returned = a_return(central, [(1, 1)], return_id=f"r-{number}")
        assert (await central.post(f"sales/{sale['sale_id']}/returns", returned)).status == 200
    after = await settled(central)
    assert after["amount_minor"] == 267
    assert Counter(line["is_return"] for line in after["listed"]) == {False: 2, True: 3}
    assert after["tickets"] == 1


async def test_points_are_paid_when_they_are_given_and_a_voucher_when_it_is_used(
    central: CentralUnderTest,
) -> None:
    voucher = thanks() | PAID
    await publish(central, bonus(**PAID), voucher, voucher_step=STEP)
    earned = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 2000)]))
    (given,) = earned.body["vouchers"]
    first = await settled(central)
    assert [(line["what"], line["points"], line["amount_minor"]) for line in first["listed"]] == [
        ("points", 50, 100)
    ]
    assert first["creditors"][0]["creditor"] == "group"
    sale = paid_with(central, given["code"], amount=1500)
    assert (await central.post("sales", sale, token="terminal_2")).body["total_minor"] == 1000
    second = await settled(central)
    fields = ("what", "creditor", "rule_id", "amount_minor")
    told = Counter(tuple(line[name] for name in fields) for line in second["listed"])
    assert told == {("points", "group", "bonus", 100): 2, ("voucher", "shop/lac-2", "thanks", 500): 1}
    returned = a_return(central, [(1, 1)])
    await central.post(f"sales/{sale['sale_id']}/returns", returned, token="terminal_2")
    third = await settled(central)
    sums = {(rule["what"], rule["rule_id"]): rule["amount_minor"] for rule in third["rules"]}
    assert sums == {("points", "bonus"): 100, ("voucher", "thanks"): 0}


async def test_fifteen_shops_at_once_spend_a_thousand_and_no_centime_more(central: CentralUnderTest) -> None:
    """A campaign of 1,000.00: each ticket line stands once, and all sum to what the ledger spent."""
    tokens = await fifteen_shops(central)
    budget = 100_000
    await publish(central, discount(budget=budget, **PAID))
    sales = [
        (token, a_sale(central, [(SUN_CREAM, 2, 7_990 + number), (SHAMPOO, 1, 1_333)], {}))
        for number, token in enumerate(tokens * 4)
    ]
    answers = await asyncio.gather(*(patient(central, sale, token=token) for token, sale in sales))
    assert {each.status for each in answers} == {200}
    asked = sum(sum(line["amount_minor"] for line in sale["basket"]["lines"]) for _, sale in sales)
    taken = asked - sum(each.body["total_minor"] for each in answers)
    assert taken == budget
    assert await spent_and_left(central, "third", "CHF/2") == (budget, 0)
    view = await settled(central)
    assert view["amount_minor"] == budget
    assert (
        len({(line["entry"].split("/")[0], line["entry"].split("/")[1]) for line in view["listed"]})
        == view["lines"]
    )
    some = [sale for (_, sale), each in zip(sales, answers, strict=True) if each.body["total_minor"] < 9_000][
        :9
    ]
    for sale in some:
        back = a_return(central, [(1, 1)])
        await central.post(f"sales/{sale['sale_id']}/returns", back)
    assert (await settled(central))["amount_minor"] == (await spent_and_left(central, "third", "CHF/2"))[0]


async def fifteen_shops(central: CentralUnderTest) -> list[str]:
    """Fifteen shops with a terminal each; their tokens."""
    tokens = []
    for number in range(15):
        body = api_catalogue.ShopBody(name=f"Shop {number}", country="CH", time_zone="Europe/Zurich")
        await central.services.shops.put_shop(central.operator, f"s-{number}", body)
        issued = await central.services.access.issue_token(
            central.operator, role="terminal", label="T", shop_id=f"s-{number}", terminal_id=f"t-{number}"
        )
        tokens.append(issued.token)
    return tokens


async def test_a_late_ticket_that_its_budget_lacked_costs_the_supplier_no_more_than_the_budget(
    central: CentralUnderTest,
) -> None:
    await publish(central, discount(budget=700, **PAID))
    basket = a_sale(central, [(SHAMPOO, 2, 2000)], {})["basket"]
    quoted = (await central.post("quotes", {"basket": basket})).body
    body = {"reservation_id": "res-1", "quote_id": quoted["quote_id"], "quote": {"basket": basket}}
    assert (await central.post("reservations", body)).status == 200
    late = a_sale(central, [(SHAMPOO, 2, 2000)], {}, reservation_id="res-1")
    await pass_hold_time(central)
    other = a_sale(central, [(SUN_CREAM, 1, 1000)], {})
    assert (await central.post("sales", other)).body["total_minor"] == 700
    told = (await central.post("sales", late | {"sent_ms": central.clock()})).body
    assert told["total_minor"] == 1400
    assert "budget_short" in {each["code"] for each in told["warnings"]}
    assert (await settled(central))["amount_minor"] == 700
    spent = []
    for _ in range(2):
        await central.post(f"sales/{late['sale_id']}/returns", a_return(central, [(1, 1)]))
        spent.append((await spent_and_left(central, "third", "CHF/2"))[0])
        assert (await settled(central))["amount_minor"] == spent[-1]
    assert spent == [400, 300]


async def test_a_line_leads_to_its_ticket_for_who_may_read_lines_and_the_member_is_told(
    central: CentralUnderTest,
) -> None:
    await publish(central, discount(**PAID))
    sale = a_sale(central, [(SUN_CREAM, 1, 1990)])
    await central.post("sales", sale)
    (line,) = (await settled(central))["listed"]
    refused = await central.post(f"{SOL}/trace", {"entry": line["entry"]}, token="office")
    assert refused.code == "permission_missing"
    found = await central.post(f"{SOL}/trace", {"entry": line["entry"]}, token="reader")
    assert (found.status, found.body["sale_id"]) == (200, sale["sale_id"])
    reads = (await central.get(f"members/{MEMBER}/reads", token="office")).body["reads"]
    assert [each["purpose"] for each in reads] == ["settlement"]
    unknown = await central.post(f"{SOL}/trace", {"entry": "0/1"}, token="reader")
    assert unknown.code == "entry_not_found"


async def test_nothing_in_a_settlement_names_member_card_or_ticket(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await publish(central, discount(**PAID))
    sale = a_sale(central, [(SUN_CREAM, 1, 1990)])
    await central.post("sales", sale)
    text = json.dumps(await settled(central))
    for secret in (MEMBER, CARD, "Rochat", sale["sale_id"], sale["business_key"]):
        assert secret not in text
    rows = await central.services.store.list_funded(GROUP, MONTH, "supplier/sol", "", 10)
    assert not any(secret in str(row) for row in rows for secret in (MEMBER, sale["sale_id"]))


async def test_what_is_handed_out_tells_days_only_of_shops_with_enough_tickets(
    central: CentralUnderTest,
) -> None:
    await publish(central, discount(**PAID))
    for token, count in (("terminal", SETTLEMENT_TICKETS_MIN), ("terminal_2", SETTLEMENT_TICKETS_MIN - 1)):
        for _ in range(count):
            await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1990)]), token=token)
    lines = central.services.clearing.settlements.lines_for_the_party(
        central.operator, MONTH, "supplier", "sol"
    )
    handed = [line async for line in lines]
    days = Counter((line.shop_id, line.day) for line in handed)
    assert days == {("lac-1", "2026-10-15"): 5, ("lac-2", "2026-10"): 4}
    assert [line.entry for line in handed] == [str(number) for number in range(1, 10)]


async def test_wrong_months_and_parties_are_refused(central: CentralUnderTest) -> None:
    for path, code in (
        ("settlements/2026-13/parties/supplier/sol", "month_invalid"),
        ("settlements/2026-10/parties/supplier/lune", "party_not_found"),
        ("settlements/2026-10/parties/bank/sol", "party_kind_unknown"),
        ("settlements/2026-10/parties/shop/mont-1", "shop_not_found"),
    ):
        assert (await central.get(path, token="office")).code == code
    assert (await central.get(SOL, token="terminal")).code == "permission_missing"
    assert (await central.get(SOL, token="foreign")).code == "party_not_found"


async def test_an_erased_member_leaves_what_a_supplier_owes_and_belongs_nowhere(
    central: CentralUnderTest,
) -> None:
    """The line stays, for somebody owes it; nothing leads from it to its ticket any more."""
    await central.put("parties/association/club", {"name": "FC Nyon"})
    await central.put(f"members/{MEMBER}/association", {"association_id": "club"})
    await publish(central, discount(**PAID))
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1990)]))
    before = await settled(central)
    erased = await central.post(f"members/{MEMBER}/erasure", {}, token="office")
    assert erased.status == 200, erased.body
    assert await settled(central) == before
    (line,) = before["listed"]
    found = await central.post(f"{SOL}/trace", {"entry": line["entry"]}, token="reader")
    assert (found.status, found.body["sale_id"]) == (200, None)
    assert await central.services.store.list_associations_of(GROUP, MEMBER) == []
