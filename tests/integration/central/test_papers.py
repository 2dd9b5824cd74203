"""Statements as CSV and PDF over HTTP: who may, the same figures as JSON, the same bytes each time."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import SHAMPOO, SUN_CREAM, CentralUnderTest, a_central, a_sale
from tests.integration.central.claim_rules import discount, publish
from tests.integration.central.publishing import ms
from tests.integration.central.stored import sold_card
from tests.movable_clock import MovableClock

MONTH = "2026-10"
PARTY = f"settlements/{MONTH}/parties/supplier/sol/statement"
CLEARING = f"clearing/{MONTH}"
CLUB = f"{CLEARING}/associations/club/statement"
FILES = {
    PARTY: "supplier-sol-2026-10",
    CLUB: "association-club-2026-10",
    f"{CLEARING}/statement": "clearing-2026-10",
    f"{CLEARING}/liability": "liability-2026-10",
}
TICKETS = 6


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    """October 2026: Sol pays a third of six tickets, a gift card is out, the club gets 2 %."""
    async with a_central(tmp_path, MovableClock(ms("2026-10-15T10:00:00+02:00"))) as running:
        await running.put("parties/supplier/sol", {"name": "=Sol SA"})
        await running.put("parties/association/club", {"name": "FC Nyon"})
        await running.put("associations/club/deals", {"share_bp": 200})
        await running.put("members/m-anne/association", {"association_id": "club"})
        await publish(running, discount(funder="supplier/sol"))
        for _ in range(TICKETS):
            reply = await running.post("sales", a_sale(running, [(SUN_CREAM, 1, 1990), (SHAMPOO, 1, 890)]))
            assert reply.status == 200, reply.body
        await sold_card(running, 5000)
        yield running


async def fetched(central: CentralUnderTest, path: str, token: str = "office") -> Any:
    return await central.get(path, token=token)


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("ending", ["csv", "pdf"])
async def test_a_statement_is_a_file_for_the_office_alone_and_its_bytes_are_the_same_again(
    central: CentralUnderTest, path: str, ending: str
) -> None:
    refused = await fetched(central, f"{path}.{ending}", "terminal")
    assert (refused.status, refused.code) == (403, "permission_missing")
    assert (await central.get(f"{path}.{ending}", token=None)).status == 401
    first = await fetched(central, f"{path}.{ending}")
    assert first.status == 200, first.body
    media = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}[ending]
    assert first.headers["Content-Type"] == media
    assert first.headers["Content-Disposition"] == f'attachment; filename="{FILES[path]}.{ending}"'
    assert first.headers["X-Request-Id"]
    again = await fetched(central, f"{path}.{ending}")
    assert again.body == first.body
    assert first.body.startswith(b"%PDF-") is (ending == "pdf")
    assert len(first.body) > 40


async def test_the_files_say_what_the_figures_say(central: CentralUnderTest) -> None:
    settlement = (await fetched(central, PARTY.removesuffix("/statement"))).body
    lines = rows_of((await fetched(central, f"{PARTY}.csv")).body)
    assert len(lines) == settlement["lines"] == 2 * TICKETS
    assert sum(int(line["amount_minor"]) for line in lines) == settlement["amount_minor"] == TICKETS * 864
    assert [line["entry"] for line in lines] == [str(number) for number in range(1, 2 * TICKETS + 1)]
    assert {(line["currency"], line["month"]) for line in lines} == {("CHF", MONTH)}
    month = (await fetched(central, CLEARING)).body
    dues = rows_of((await fetched(central, f"{CLEARING}/statement.csv")).body)
    assert [(due["debtor"], due["creditor"], int(due["amount_minor"])) for due in dues] == [
        (due["debtor"], due["creditor"], due["amount_minor"]) for due in month["dues"]
    ]
    (out,) = rows_of((await fetched(central, f"{CLEARING}/liability.csv")).body)
    assert (out["asset"], out["funder"], out["amount"], out["worth_minor"], out["breakage_bp"]) == (
        "CHF/2",
        "shop/lac-1",
        "5000",
        "5000",
        "0",
    )
    assert (out["kind"], out["dated_amount"]) == ("gift_card", "0")
    (share,) = rows_of((await fetched(central, f"{CLUB}.csv")).body)
    assert (share["what"], share["share_bp"]) == ("association_share", "200")
    paid = TICKETS * (1990 + 890 - 864)
    assert (share["payer"], int(share["counted_minor"])) == ("shop/lac-1", paid)


async def test_what_is_not_there_is_told_as_a_problem_and_no_file_begins(central: CentralUnderTest) -> None:
    for ending in ("csv", "pdf"):
        missing = await fetched(central, PARTY.replace("/sol/", "/nobody/") + f".{ending}")
        assert (missing.status, missing.code) == (404, "party_not_found")
        wrong = await fetched(central, f"clearing/2026-13/statement.{ending}")
        assert wrong.code == "month_invalid"
    plain = await fetched(central, f"{PARTY}.pdf?lines=false")
    assert len(plain.body) < len((await fetched(central, f"{PARTY}.pdf")).body)
