"""Offline data at the command line: late tickets for head office, ages for whoever looks after a terminal."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from loyalty.limits.offline import BUNDLE_AGE_MAX_S, HOT_LIST_AGE_MAX_S
from officine.doctor.base import Machine, Result
from officine.doctor.offline import OfflineData
from officine.opened import opened_services, person_for
from terminal.clock import wall_clock
from tests.helpers import eventually
from tests.integration.officine.cli import run, run_json
from tests.terminal_fixture import Shop, a_terminal
from wire import api_sales, offline


def sell_late(told_points: int) -> None:
    """A ticket of m-1 in nyon, told from the newest bundle."""

    async def sell() -> None:
        async with opened_services(None) as services:
            actor = await person_for(services, None)
            view = await services.bundles.fetch(actor, shop_id="nyon", have=None)
            head = msgspec.json.decode(view.head, type=offline.BundleHead)
            now_ms = services.clock()
            body: dict[str, Any] = {
                "sale_id": f"s-{told_points}",
                "business_key": f"s-{told_points}",
                "occurred_ms": now_ms,
                "sent_ms": now_ms,
                "shop_id": "nyon",
                "basket": {
                    "currency": "CHF",
                    "lines": [{"line_no": 1, "code": "2100000000012", "quantity": 1, "amount_minor": 1990}],
                },
                "holder": {"medium": "typed", "value": "2990000000019"},
                "told": {"bundle_id": head.bundle_id, "total_minor": 1990, "points": told_points},
            }
            await services.sales.commit(actor, msgspec.convert(body, api_sales.SaleBody))

    asyncio.run(sell())


def test_head_office_lists_late_tickets_and_those_that_differ(member: str, place: Path) -> None:
    assert member
    (place / "a.csv").write_text(
        "code;name;class;price\n2100000000012;Cream;cosmetic;19.90\n", encoding="utf-8"
    )
    run_json("import", "articles", "a.csv")
    sell_late(19)
    sell_late(99)

    all_of_them = run_json("ledger", "late")["tickets"]
    differing = run_json("ledger", "late", "--differing")["tickets"]
    shown = run("ledger", "late")

    assert {(each["sale_id"], each["points"], each["differs"]) for each in all_of_them} == {
        ("s-19", 19, False),
        ("s-99", 19, True),
    }
    assert [each["told_points"] for each in differing] == [99]
    assert " 99 " in shown.out


async def seen_by_the_doctor(shop: Shop) -> Result:
    return await OfflineData().run(Machine(config=None, programs={"terminal": shop.settings}))


async def test_the_doctor_tells_what_is_lowered_by_age(tmp_path: Path, socket_dir: Path) -> None:
    moved = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + moved[0]) as shop:
        await eventually(lambda: shop.agent.offline.usable() is not None and shop.agent.offline.may_redeem())
        fresh = await seen_by_the_doctor(shop)
        await shop.cut()
        moved[0] = (HOT_LIST_AGE_MAX_S + 60) * 1000
        list_old = await seen_by_the_doctor(shop)
        moved[0] = (BUNDLE_AGE_MAX_S + 60) * 1000
        all_old = await seen_by_the_doctor(shop)

    assert [one.code for one in (fresh, list_old, all_old)] == ["ok", "hot_list_too_old", "bundle_too_old"]
    assert "24 h" in list_old.text
    assert "without a price" in all_old.text


async def test_where_no_agent_runs_nothing_is_known(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        settings = shop.settings

    result = await OfflineData().run(Machine(config=None, programs={"terminal": settings}))

    assert result.code == "not_known"
