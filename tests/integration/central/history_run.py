"""Runs a history vector (docs/vectors.md) through the services on a real store."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from central.services.bundle import Services, build_services
from central.services.core.access import Actor, operator_of
from central.services.core.group import GroupSettings
from central.settings import Secrets
from central.storage.opening import open_store
from loyalty.errors import LoyaltyError
from tests.movable_clock import MovableClock
from wire import api, api_catalogue, api_members, api_sales

GROUP = "lac"
SHOP = "shop"
ZONE = ZoneInfo("Europe/Zurich")
DAY_0 = date(2026, 1, 15)
"""Day 0 of every history; each act happens at noon of its day."""
MEMBERS = ("anne", "bruno")
CLASSES = ("cosmetic", "parapharmacy", "medicine_ch_b", "unknown")

Told = dict[str, int | list[int]]
"""What an act answered, and what stands after it, by name of the output."""


@dataclass
class Run:
    """One history on its way."""

    services: Services
    clock: MovableClock
    actor: Actor = field(default_factory=lambda: operator_of(GROUP))
    told: Told = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """Numbers of vouchers by their name in the vector: `buy/1` is the first that the act `buy` gave."""

    async def do(self, act: dict[str, Any]) -> None:
        """One act; its outputs are kept under `<id>_<output>`. Repeating the act changes nothing."""
        noon = datetime.combine(DAY_0 + timedelta(days=act["day"]), time(12), tzinfo=ZONE)
        self.clock.now_ms = int(noon.timestamp()) * 1000
        answer: Told = {}
        if "refused" in act:
            with pytest.raises(LoyaltyError) as refusal:
                await self._answer(act)
            assert refusal.value.code == act["refused"], act["id"]
        else:
            answer = await self._answer(act)
        after = await self._stands()
        self.told |= {f"{act['id']}_{name}": value for name, value in (answer | after).items()}
        if "refused" not in act:
            assert await self._answer(act) == (answer if "expire" not in act else {"expired": 0}), act["id"]
            assert await self._stands() == after, f"{act['id']} again changed something"
        report = await self.services.upkeep.reconcile(GROUP)
        assert report.findings == (), act["id"]

    async def _answer(self, act: dict[str, Any]) -> Told:
        if "sale" in act:
            return await self._sell(act["id"], **act["sale"])
        if "return" in act:
            return await self._give_back(act["id"], **act["return"])
        if "mature" in act:
            await self.services.upkeep.mature(GROUP)
            return {}
        assert act["expire"] is True
        ran = await self.services.upkeep.expire(GROUP, f"run-{act['id']}")
        return {"expired": ran.amounts.get("PTS/0", 0)}

    async def _sell(
        self,
        sale_id: str,
        *,
        lines: list[dict[str, Any]],
        by: str | None = MEMBERS[0],
        redeem_points: int | None = None,
        vouchers: tuple[str, ...] = (),
    ) -> Told:
        body = api_sales.SaleBody(
            sale_id=sale_id,
            business_key=sale_id,
            occurred_ms=self.clock.now_ms,
            sent_ms=self.clock.now_ms,
            shop_id=SHOP,
            basket=api_sales.BasketBody(
                currency="CHF",
                lines=[
                    api_sales.LineBody(
                        line_no=no,
                        code=_code(line["class"]),
                        quantity=line["quantity"],
                        amount_minor=line["amount_minor"],
                    )
                    for no, line in enumerate(lines, start=1)
                ],
                vouchers=[self.codes[name] for name in vouchers],
            ),
            holder=None if by is None else api.EvidenceBody(medium="typed", value=_card(by)),
            redeem_points=redeem_points,
        )
        view, _ = await self.services.sales.commit(self.actor, body)
        self.codes |= {f"{sale_id}/{no}": each.code for no, each in enumerate(view.vouchers, start=1)}
        return {
            "total_minor": view.total_minor,
            "points": view.points,
            "used_vouchers": [each.used_minor for each in view.used_vouchers],
            "given_vouchers": len(view.vouchers),
            "redeemed_minor": view.redeemed_minor,
        }

    async def _give_back(self, return_id: str, *, of: str, lines: list[list[int]]) -> Told:
        body = api_sales.ReturnBody(
            return_id=return_id,
            business_key=return_id,
            occurred_ms=self.clock.now_ms,
            sent_ms=self.clock.now_ms,
            lines=[api_sales.ReturnLineBody(line_no=no, quantity=units) for no, units in lines],
        )
        view, _ = await self.services.returns.record_return(self.actor, of, body)
        return {
            "total_minor": view.total_minor,
            "points": view.points,
            "newly_owed": view.points_owed,
            "restored_points": view.restored_points,
            "restored_minor": view.restored_minor,
            "restored_vouchers": len(view.restored_vouchers),
            "ended_vouchers": len(view.ended_vouchers),
        }

    async def _stands(self) -> Told:
        """What anne and whoever brings a voucher can spend now, and what rules may still give."""
        store, member = self.services.store, MEMBERS[0]
        accounts = {
            (row.account, row.asset): row.balance for row in await store.list_accounts(GROUP, "", 1000)
        }
        lots = [
            lot
            for lot in await store.list_lots(GROUP, "", 1000)
            if lot.account == f"member/{member}/points" and lot.remaining
        ]
        lots.sort(key=lambda lot: (lot.expires_ms is None, lot.expires_ms or 0, lot.lot_id))
        return {
            "balance": accounts.get((f"member/{member}/points", "PTS/0"), 0),
            "owed": -accounts.get((f"member/{member}/points_owed", "PTS/0"), 0),
            "pending": accounts.get((f"member/{member}/points_pending", "PTS/0"), 0),
            "lots": [lot.remaining for lot in lots],
            "vouchers": sum(balance for (path, _), balance in accounts.items() if path.endswith("/vouchers")),
            "budget": sum(balance for (path, _), balance in accounts.items() if path.endswith("/budget")),
        }


async def run_history(case: dict[str, Any], database: str, secrets: Secrets) -> Told:
    """Do all acts of a case in a new group; every output of every act."""
    clock = MovableClock(int(datetime.combine(DAY_0, time(8), tzinfo=ZONE).timestamp()) * 1000)
    store = await open_store(database)
    try:
        services = build_services(store, secrets, clock)
        run = Run(services, clock)
        await _furnish(run, case)
        for act in case["acts"]:
            await run.do(act)
    finally:
        await store.close()
    return run.told


async def _furnish(run: Run, case: dict[str, Any]) -> None:
    await run.services.groups.put_group(
        run.actor,
        name="Lac",
        country="CH",
        currency="CHF",
        programme=json.dumps({"identification": {"redeem": "barcode"}} | case["programme"]),
        settings=msgspec.convert({"ledger": case.get("ledger", {})}, GroupSettings),
    )
    shop = api_catalogue.ShopBody(name="Shop", country="CH", time_zone=ZONE.key)
    await run.services.shops.put_shop(run.actor, SHOP, shop)
    articles = [
        (name, api_catalogue.ArticleBody(name=name, article_class=name, codes=[_code(name)]))
        for name in CLASSES
    ]
    await run.services.articles.put_articles(run.actor, articles)
    for member_id in MEMBERS:
        member = api_members.MemberBody(
            member_id=member_id, family_name="Rochat", card_number=_card(member_id)
        )
        await run.services.members.enrol(run.actor, member)


def _code(article_class: str) -> str:
    return f"20000000{CLASSES.index(article_class):05}"


def _card(member_id: str) -> str:
    return f"29000000{MEMBERS.index(member_id):05}"
