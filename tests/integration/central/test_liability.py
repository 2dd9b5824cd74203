"""What is still out: kind by kind, what it is worth, what of it is expected to expire; months to come."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    GROUP,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_sale,
    by_uid,
)
from tests.integration.central.claim_rules import publish
from tests.integration.central.publishing import BASE, ms
from tests.integration.central.stored import new_id, sold_card, trust
from tests.integration.central.test_clearing import later
from tests.integration.central.test_vouchers import thanks
from tests.movable_clock import MovableClock

PRIZES = 100


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    """October 2026; prizes last a month."""
    assert engine
    async with a_central(tmp_path, MovableClock(ms("2026-10-10T10:00:00+02:00"))) as running:
        await trust(running, prize_expiry={"policy": "months", "months": 1})
        yield running


async def out(central: CentralUnderTest, month: str) -> dict[tuple[str, str], dict[str, Any]]:
    answer = await central.get(f"clearing/{month}", token="office")
    assert answer.status == 200, answer.body
    return {(each["kind"], each["funder"]): each for each in answer.body["liabilities"]}


async def prizes(central: CentralUnderTest, batch_id: str, cards: int, funder: str) -> None:
    body = {"batch_id": batch_id, "cards": cards, "purpose": "Fair", "amount_minor": 500, "funder": funder}
    assert (await central.post("gift-batches", body, token="office")).status == 200
    handed = await central.post(
        f"gift-batches/{batch_id}/file", {"handout_id": f"h-{batch_id}"}, token="office"
    )
    assert handed.status == 200, handed.body
    active = await central.post(
        f"gift-batches/{batch_id}/activation", {"activation_id": f"a-{batch_id}"}, token="office"
    )
    assert active.status == 200, active.body


async def test_prizes_that_expire_condemn_neither_purses_nor_gift_cards(central: CentralUnderTest) -> None:
    top_up = {"top_up_id": new_id(), "holder": by_uid(), "amount_minor": 40_000}
    assert (await central.post("purses/top-ups", top_up)).status == 200
    await sold_card(central, 10_000)
    await prizes(central, "fair", PRIZES, "shop/lac-1")
    before = await out(central, "2026-10")
    assert before["prize", "shop/lac-1"]["dated_amount"] == PRIZES * 500
    assert before["prize", "shop/lac-1"]["breakage_bp"] is None, "none has ended yet"

    later(central, "2026-11-20T10:00:00+01:00")
    expired = await central.services.upkeep.expire(GROUP, "night")
    assert dict(expired.amounts) == {"CHF/2": PRIZES * 500}
    await prizes(central, "winter", 2, "shop/lac-1")

    told = await out(central, "2026-11")
    seen = {
        kind: (each["amount"], each["dated_amount"], each["breakage_bp"], each["expected_amount"])
        for (kind, funder), each in told.items()
        if funder == "shop/lac-1"
    }
    assert seen == {
        "purse": (40_000, 0, 0, 40_000),
        "gift_card": (10_000, 0, 0, 10_000),
        "prize": (1_000, 1_000, 10_000, 0),
    }


async def test_vouchers_that_are_out_are_worth_what_they_said_by_who_pays_for_them(
    central: CentralUnderTest,
) -> None:
    for supplier in ("sol", "luna"):
        await central.put(f"parties/supplier/{supplier}", {"name": supplier.title()})
    await publish(central, *BASE, thanks() | {"funder": "supplier/sol"})
    for _ in range(2):
        given = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 2000)]))
        assert len(given.body["vouchers"]) == 1, given.body
    later_rule = thanks(worth_minor=700) | {"funder": "supplier/luna", "version": 2}
    await publish(central, *BASE, later_rule)
    given = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 2000)]))
    assert len(given.body["vouchers"]) == 1, given.body
    told = await out(central, "2026-10")
    worth = {
        funder: (each["amount"], each["worth_minor"])
        for (kind, funder), each in told.items()
        if kind == "voucher"
    }
    assert worth == {"supplier/sol": (2, 1000), "supplier/luna": (1, 700)}


@pytest.mark.parametrize("path", ["", "/moves", "/statement.csv", "/liability.pdf", "/associations/club"])
async def test_a_month_that_has_not_begun_is_refused(central: CentralUnderTest, path: str) -> None:
    await central.put("parties/association/club", {"name": "FC Nyon"})
    refused = await central.get(f"clearing/2026-11{path}", token="office")
    assert (refused.status, refused.code) == (422, "month_not_begun"), refused.body
    assert (await central.get(f"clearing/2026-10{path}", token="office")).status == 200
