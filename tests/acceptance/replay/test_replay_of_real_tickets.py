"""The first 50,000 lines of a real shop's year, through the HTTP API, against an independent recount."""

import asyncio
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from central.services.core.access import operator_of
from central.services.ledger.check import check_ledger
from central.settings import CentralSettings
from central.storage.base import Store
from tests.shared_data import shared_path
from tools.replay.local import serving
from tools.replay.run import replay_uci

LINES = 50_000
RECOUNT = Path(__file__).with_name("recount.py")

pytestmark = pytest.mark.shared


async def _recount(path: Path) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", str(RECOUNT), str(path), str(LINES), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    counted: dict[str, Any] = json.loads(output)
    return counted


async def _balances(store: Store, group_id: str) -> dict[str, int]:
    """Points less debt, by member, as the ledger's accounts stand."""
    found: dict[str, int] = {}
    after = ""
    while rows := await store.list_accounts(group_id, after, 200):
        for row in rows:
            owner, _, rest = row.account.removeprefix("member/").partition("/")
            if rest in ("points", "points_owed"):
                found[owner] = found.get(owner, 0) + row.balance
        after = rows[-1].account
    return found


async def test_the_recount_cannot_reach_the_project() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-c", "import loyalty", stderr=asyncio.subprocess.PIPE
    )
    _, error = await process.communicate()
    assert b"No module named 'loyalty'" in error


async def test_real_tickets_earn_what_an_independent_recount_says_and_only_once(tmp_path: Path) -> None:
    path = shared_path("transactions/uci_online_retail.csv.gz")
    settings = CentralSettings(
        database=f"sqlite:///{tmp_path / 'central.db'}", secrets_file=tmp_path / "central.keys"
    )
    async with serving(settings) as place:
        first = await replay_uci(path, url=place.url, token=place.token, lines=LINES)
        counted = await _recount(path)

        assert first.errors == []
        assert first.refused_lines == []
        assert (first.read.quantity, Decimal(first.read.amount)) == (414_666, Decimal("840620.50"))
        assert (counted["quantity"], Decimal(counted["net_amount"])) == (414_666, Decimal("840620.50"))
        assert (first.sales_booked, first.returns_booked) == (counted["sales"], counted["returns"])
        assert first.unmatched.quantity == counted["unmatched_quantity"]
        assert Decimal(first.unmatched.amount) == Decimal(counted["unmatched_amount"])
        assert first.points_accrued == counted["points_accrued"] > 0
        assert first.points_reversed == counted["points_reversed"] > 0
        assert first.latency.requests == first.tickets + first.retries
        balances = await _balances(place.services.store, place.group_id)
        earned = {f"uci-{member}": points for member, points in counted["balances"].items() if points}
        assert {member: points for member, points in balances.items() if points} == earned
        assert sum(balances.values()) == first.points_net

        second = await replay_uci(path, url=place.url, token=place.token, lines=LINES)
        assert second.errors == []
        assert (second.sales_booked, second.returns_booked, second.points_net) == (0, 0, 0)
        assert second.sales_replayed == first.sales_booked
        assert second.returns_replayed == first.returns_booked
        assert await _balances(place.services.store, place.group_id) == balances

        checked = await check_ledger(place.services.store, operator_of(place.group_id))
        assert checked.findings == ()
        assert checked.transactions > 1_000
