"""What each party owes for a month is all of it: its statement comes to its position in the clearing."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_UID,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_uid,
)
from tests.integration.central.claim_rules import bonus, discount, publish
from tests.integration.central.publishing import BASE, ms
from tests.integration.central.stored import gift, paid, sold_card, trust
from tests.integration.central.test_clearing import LENIENT_ACTS, STEP, cleared, later
from tests.movable_clock import MovableClock

MONTH = "2026-10"


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    """October 2026: the supplier Sol, a club with 2 % and, from the second ticket on, 3.5 %."""
    assert engine
    async with a_central(tmp_path, MovableClock(ms("2026-10-15T10:00:00+02:00"))) as running:
        await running.put("parties/supplier/sol", {"name": "Sol SA"})
        await running.put("parties/supplier/meals", {"name": "Titres SA"})
        await running.put("parties/association/club", {"name": "FC Nyon"})
        await running.put("associations/club/deals", {"share_bp": 200})
        await running.put(f"members/{MEMBER}/association", {"association_id": "club"})
        await trust(running)
        yield running


async def a_prize(central: CentralUnderTest, amount_minor: int) -> str:
    """The number of a prize that Sol pays for."""
    batch = {"batch_id": "fair", "cards": 1, "purpose": "Fair", "amount_minor": amount_minor}
    await central.post("gift-batches", batch | {"funder": "supplier/sol"}, token="office")
    file = await central.post("gift-batches/fair/file", {"handout_id": "h"}, token="office")
    active = await central.post("gift-batches/fair/activation", {"activation_id": "a-1"}, token="office")
    assert active.status == 200, active.body
    return str(file.body["cards"][0]["number"])


async def statement(central: CentralUnderTest, party: str) -> dict[str, Any]:
    kind, _, party_id = party.partition("/")
    path = f"settlements/{MONTH}/parties/{kind}/{party_id or 'group'}"
    answer = await central.get(path, token="office")
    assert answer.status == 200, answer.body
    view: dict[str, Any] = answer.body
    sheet = await central.get(f"{path}/statement.csv", token="office")
    rows = list(csv.DictReader(io.StringIO(sheet.body.decode(), newline="")))
    assert sum(int(row["amount_minor"]) for row in rows) == view["due_minor"], "the sheet says as much"
    assert (await central.get(f"{path}/statement.pdf", token="office")).body.startswith(b"%PDF-")
    return view


async def test_a_prize_that_a_supplier_pays_for_is_in_its_statement(central: CentralUnderTest) -> None:
    number = await a_prize(central, 2000)
    sold = await central.post("sales", paid(central, 1500, gift(number, 1500)), token="terminal_2")
    assert sold.status == 200, sold.body
    sol = await statement(central, "supplier/sol")
    assert (sol["lines"], sol["amount_minor"], sol["due_minor"]) == (0, 0, 1500)
    assert sol["dues"] == [
        {
            "debtor": "supplier/sol",
            "creditor": "shop/lac-2",
            "what": "stored_value",
            "entries": 1,
            "amount_minor": 1500,
        }
    ]
    assert (await statement(central, "shop/lac-2"))["due_minor"] == -1500 + 30, "and 2 % of it to the club"


async def test_every_partys_statement_comes_to_its_position_in_the_clearing(
    central: CentralUnderTest,
) -> None:
    rules = [*BASE, discount(funder="supplier/sol"), bonus(funder="supplier/sol")]
    await publish(central, *rules, funder="shop", voucher_step=STEP, identification=LENIENT_ACTS)
    prize = await a_prize(central, 2000)
    card = (await sold_card(central, 5000))["number"]
    first = paid(central, 3000, gift(card, 1000), quantity=2)
    for body, token in (
        (first, "terminal_2"),
        (paid(central, 1500, gift(prize, 900)), "terminal_2"),
        (a_sale(central, [(SUN_CREAM, 2, 20_000)]), "terminal"),
        (a_sale(central, [(SHAMPOO, 2, 3000)], redeem_points=200), "terminal_2"),
        (a_sale(central, [(SUN_CREAM, 1, 3000)], by_uid(OTHER_UID)), "terminal_2"),
    ):
        sold = await central.post("sales", body, token=token)
        assert sold.status == 200, sold.body
    gift_of_points = {"donation_id": "d-1", "holder": by_uid(), "association_id": "club", "points": 15}
    assert (await central.post("donations", gift_of_points)).status == 200
    back = await central.post(f"sales/{first['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.status == 200, back.body
    view = await cleared(central, f"clearing/{MONTH}")
    whats = {due["what"] for due in view["dues"]}
    assert whats >= {"discount", "points", "points_spent", "stored_value", "association_share", "donation"}
    at = {each["party"]: each["net_minor"] for each in view["positions"]}
    assert at.keys() >= {"supplier/sol", "shop/lac-1", "shop/lac-2", "association/club"}
    for party in (*at, "supplier/meals", "group"):
        told = await statement(central, party)
        assert told["due_minor"] == -at.get(party, 0), party
        assert all(party in (due["debtor"], due["creditor"]) for due in told["dues"])


async def test_an_associations_statement_is_recomputed_by_rate_and_leads_to_its_tickets(
    central: CentralUnderTest,
) -> None:
    await publish(central, *BASE, voucher_step=STEP, identification=LENIENT_ACTS)
    first = a_sale(central, [(SHAMPOO, 1, 3333)])
    await central.post("sales", first)
    await central.put("associations/club/deals", {"share_bp": 350})
    second = a_sale(central, [(SHAMPOO, 2, 3334)])
    await central.post("sales", second)
    back = a_return(central, [(1, 1)])
    assert (await central.post(f"sales/{second['sale_id']}/returns", back)).status == 200
    path = f"clearing/{MONTH}/associations/club"
    (share,) = (await central.get(path, token="office")).body["shares"]
    rates = [(each["share_bp"], each["counted_minor"], each["share_minor"]) for each in share["rates"]]
    assert rates == [(200, 3333, 67), (350, 1667, 58)]
    assert share["share_minor"] == share["due_minor"] == 67 + 58
    sheet = (await central.get(f"{path}/statement.csv", token="office")).body.decode()
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert [(row["share_bp"], row["amount_minor"]) for row in rows] == [("200", "67"), ("350", "58")]

    told = await central.get(f"{path}/tickets", token="reader")
    assert told.status == 200, told.body
    assert {
        (each["sale_id"], each["cause_id"], each["share_bp"], each["counted_minor"])
        for each in told.body["tickets"]
    } == {
        (first["sale_id"], first["sale_id"], 200, 3333),
        (second["sale_id"], second["sale_id"], 350, 3334),
        (second["sale_id"], back["return_id"], 350, -1667),
    }
    assert (await central.get(f"{path}/tickets", token="office")).code == "permission_missing"
    page = await central.get(f"{path}/tickets?limit=2", token="reader")
    rest = await central.get(f"{path}/tickets?limit=2&after={page.body['next']}", token="reader")
    assert [*page.body["tickets"], *rest.body["tickets"]] == told.body["tickets"]
    reads = await central.services.store.list_reads(GROUP, MEMBER, 10)
    assert "settlement" in {each.purpose for each in reads}

    later(central, "2026-11-02T09:00:00+01:00")
    assert (await central.post(f"clearing/{MONTH}/close", None, token="office")).status == 200
    paid_out = await central.post(f"{path}/payout", None, token="office")
    assert (paid_out.body["paid_minor"], paid_out.body["paid_ms"]) == (125, central.clock())
    assert (await central.get(f"{path}/statement.pdf", token="office")).body.startswith(b"%PDF-")
