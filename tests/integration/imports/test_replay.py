"""A small replay through real HTTP, with the file's oddest codes, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from central.gateways.files import FileBroken
from central.services.core.access import ROLES, SALES_HISTORY, operator_of
from central.services.ledger.check import check_ledger
from central.settings import CentralSettings
from tools.replay.local import Place, serving
from tools.replay.run import ReplayRefused, replay_uci

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ROWS = [
    "1,85123A,HOLDER,6,2011-03-01 10:00:00,2.55,17850.0,United Kingdom",
    "1,POST,POSTAGE,1,2011-03-01 10:00:00,18.00,17850.0,United Kingdom",
    "1,BANK CHARGES,,1,2011-03-01 10:00:00,0.70,17850.0,United Kingdom",
    "2,gift_0001_40,Dotcomgiftshop Gift Voucher £40.00,1,2011-03-01 10:05:00,34.04,,United Kingdom",
    "2,85123a,HOLDER,2,2011-03-01 10:05:00,0.00,,United Kingdom",
    "3,85123A,HOLDER,2,2011-03-02 10:00:00,3.00,17850.0,United Kingdom",
    "C4,85123A,HOLDER,-5,2011-03-03 10:00:00,2.55,17850.0,United Kingdom",
    "C5,D,Discount,-1,2011-03-03 11:00:00,27.50,17850.0,United Kingdom",
]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    settings = CentralSettings(
        database=f"sqlite:///{tmp_path / 'central.db'}", secrets_file=tmp_path / "central.keys"
    )
    async with serving(settings) as place:
        yield place


def a_file(tmp_path: Path, rows: list[str]) -> Path:
    path = tmp_path / "retail.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    return path


async def test_a_small_file_books_sales_and_returns_once(place: Place, tmp_path: Path) -> None:
    path = a_file(tmp_path, ROWS)
    steps: list[tuple[str, int, int | None]] = []
    first = await replay_uci(
        path, url=place.url, token=place.token, on_progress=lambda *step: steps.append(step)
    )
    assert first.errors == []
    assert (first.sales_booked, first.returns_booked, first.unmatched.lines) == (3, 2, 1)
    # 34.00 and 6.00 pounds; back come 2 of 2 for 6 points, and 3 of 6 units of a line that has 15 of 34.
    assert (first.points_accrued, first.points_reversed) == (40, 13)
    assert first.returned_value_minor == 600 + 765
    assert {what for what, done, total in steps if done == total} == {"articles", "members", "tickets"}
    second = await replay_uci(path, url=place.url, token=place.token)
    assert (second.sales_booked, second.returns_booked, second.error_count) == (0, 0, 0)
    assert (second.sales_replayed, second.returns_replayed) == (3, 2)
    assert (await check_ledger(place.services.store, operator_of(place.group_id))).is_sound


async def test_a_longer_file_books_only_what_is_new(place: Place, tmp_path: Path) -> None:
    path = a_file(tmp_path, ROWS)
    await replay_uci(path, url=place.url, token=place.token, lines=6)
    rest = await replay_uci(path, url=place.url, token=place.token)
    assert (rest.sales_booked, rest.sales_replayed, rest.returns_booked) == (0, 3, 2)


async def test_a_ticket_with_other_content_is_reported_and_the_rest_goes_on(
    place: Place, tmp_path: Path
) -> None:
    await replay_uci(a_file(tmp_path, ROWS[:1]), url=place.url, token=place.token)
    report = await replay_uci(
        a_file(tmp_path, [ROWS[0].replace("2.55", "2.65"), ROWS[3]]), url=place.url, token=place.token
    )
    assert [(error.status, error.code) for error in report.errors] == [(409, "idempotency_conflict")]
    assert report.sales_booked == 1


async def test_old_tickets_need_the_permission_for_history(place: Place, tmp_path: Path) -> None:
    operator = operator_of(place.group_id)
    assert SALES_HISTORY not in ROLES["office"]
    issued = await place.services.access.issue_token(operator, role="office", label="no history")
    report = await replay_uci(a_file(tmp_path, ROWS[:1]), url=place.url, token=issued.token)
    assert [(error.status, error.code) for error in report.errors] == [(403, "ticket_too_old")]
    assert report.sales_booked == 0


async def test_a_group_that_counts_in_another_currency_is_refused(place: Place, tmp_path: Path) -> None:
    actor = operator_of("grp-francs")
    await place.services.groups.put_group(
        actor, name="Francs", country="CH", currency="CHF", programme='{"rules": []}'
    )
    issued = await place.services.access.issue_token(actor, role="importer", label="francs")
    with pytest.raises(ReplayRefused, match="counts in CHF"):
        await replay_uci(a_file(tmp_path, ROWS), url=place.url, token=issued.token)


async def test_a_wrong_token_or_address_says_so(place: Place, tmp_path: Path) -> None:
    path = a_file(tmp_path, ROWS)
    with pytest.raises(ReplayRefused, match="unauthenticated"):
        await replay_uci(path, url=place.url, token="ofc_wrong")
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(ReplayRefused, match="no_answer"):
            await replay_uci(path, url=f"http://127.0.0.1:{port}", token=place.token)


async def test_a_file_of_another_kind_sends_nothing(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FileBroken, match="lacks InvoiceNo"):
        await replay_uci(path, url=place.url, token=place.token)
    assert (await place.services.shops.list_shops(operator_of(place.group_id))).shops == []
