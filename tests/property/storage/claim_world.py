"""A group with limits, budgets and vouchers, driven through the services on a real database."""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from central.services.bundle import Services, build_services
from central.services.core.access import Actor, operator_of
from central.services.core.requests import TryAgain
from central.settings import Secrets, load_secrets
from central.storage.interface.rows import AccountRow
from central.storage.opening import open_store
from loyalty.errors import LoyaltyError
from loyalty.limits.ledger import HOLD_LIFETIME_S
from tests.property.storage.engines import Engine
from wire import api, api_benefits, api_catalogue, api_members, api_sales, api_traits

G = "lac"
START_MS = 1_790_000_000_000
TIMES = 2
"""Tickets a member may get the bonus for, and all together the promotion."""
MONEY, POINTS = 1_000, 120
WORTH, VOUCHERS = 300, 1_100
"""A voucher, and what all of them may be worth: three, and a rest that gives none."""
BY_HAND = 100
"""What the counter may take off in a day."""
ZONE = ZoneInfo("Europe/Zurich")
EXPECTED = frozenset(
    {
        "quote_changed",
        "voucher_used",
        "voucher_held",
        "voucher_expired",
        "voucher_taken_back",
        "voucher_of_another",
        "latitude_exceeded",
    }
)
LATE = frozenset({"budget_short", "voucher_short", "terms_changed"})


def rules(money: int) -> list[dict[str, Any]]:
    """A promotion with a budget and a limit of the group, a bonus with both, and a voucher from 20.00 on."""
    always = {"ge": [{"fact": "basket.total_minor"}, 1]}
    voucher = {"effect": "next_purchase_voucher", "voucher": "v", "worth_minor": WORTH, "valid_days": 20}
    return [
        {
            "id": "off", "version": 1, "kind": "promotion", "when": always, "budget": money,
            "limits": [{"per": "group", "window": "ever", "times": 3 * TIMES}],
            "effects": [{"effect": "percent_off", "rate_bp": 1500, "rounding": "floor"}],
        },
        {
            "id": "mint", "version": 1, "kind": "promotion", "effects": [voucher], "budget": VOUCHERS,
            "limits": [{"per": "group", "window": "ever", "times": 3}],
            "when": {"ge": [{"fact": "basket.total_minor"}, 2000]},
        },
        {
            "id": "bonus", "version": 1, "kind": "campaign", "budget": POINTS,
            "when": {"fact": "member.is_known"},
            "limits": [{"per": "member", "window": "ever", "times": TIMES}],
            "effects": [{"effect": "points_fixed", "points": 25, "per": "ticket"}],
        },
        {
            "id": "brought", "version": 1, "kind": "campaign", "budget": 200,
            "when": {"fact": "member.is_known"},
            "effects": [{"effect": "points_sponsor", "sponsor_points": 40, "sponsored_points": 15}],
        },
    ]  # fmt: skip


@dataclass
class Sold:
    """A committed ticket: whose, its units that are left, and what it answered."""

    member: int | None
    left: int
    view: api_sales.SaleView
    is_late: bool = False
    day: str = ""


@dataclass
class World:
    """What was sent so far, and what came of it."""

    services: Services
    actor: Actor
    now_ms: int = START_MS
    sold: list[Sold] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    reserved: list[tuple[str, api_sales.QuoteBody, int]] = field(default_factory=list)
    sent: list[Callable[[], Awaitable[Any]]] = field(default_factory=list)
    count: int = 0

    def next_id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count}"

    async def send(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """The answer, or None where a claim was gone; what was recorded will be sent again at the end."""
        try:
            answer = await call()
        except TryAgain:
            return None
        except LoyaltyError as error:
            if error.code not in EXPECTED:
                raise
            return None
        self.sent.append(call)
        return answer

    def basket(self, amount: int, quantity: int, voucher: int) -> api_sales.BasketBody:
        line = api_sales.LineBody(line_no=1, code="100", quantity=quantity, amount_minor=amount * 100)
        known = self.codes[voucher % len(self.codes)] if voucher and self.codes else None
        late = api_benefits.ManualDiscountBody(off_minor=40, role="clerk", reason="Late")
        by_hand = late if voucher > 6 else None
        return api_sales.BasketBody(
            currency="CHF", lines=[line], vouchers=[known] if known else [], discount=by_hand
        )

    async def sell(self, who: int, amount: int, quantity: int, voucher: int) -> None:
        await self.commit(self.basket(amount, quantity, voucher), _holder(who), None)

    async def commit(
        self,
        basket: api_sales.BasketBody,
        holder: api.EvidenceBody | None,
        reservation_id: str | None,
        **more: Any,
    ) -> None:
        sale_id = self.next_id("sale")
        body = api_sales.SaleBody(
            sale_id=sale_id,
            business_key=sale_id,
            occurred_ms=more.get("occurred_ms", self.now_ms),
            sent_ms=self.now_ms,
            shop_id="shop",
            basket=basket,
            holder=holder,
            reservation_id=reservation_id,
        )
        answer = await self.send(lambda: self.services.sales.commit(self.actor, body))
        if answer is not None:
            view = answer[0]
            who = None if holder is None else int(holder.value[-1])
            is_late = any(each.code in LATE for each in view.warnings)
            day = datetime.fromtimestamp(body.occurred_ms // 1000, ZONE).date().isoformat()
            is_late |= reservation_id is not None and self.now_ms - body.occurred_ms >= HOLD_LIFETIME_S * 1000
            self.sold.append(Sold(who, basket.lines[0].quantity, view, is_late, day))
            self.codes += [each.code for each in view.vouchers]

    async def reserve(self, who: int, amount: int, quantity: int, voucher: int) -> None:
        quote = api_sales.QuoteBody(
            basket=self.basket(amount, quantity, voucher), holder=_holder(who), shop_id="shop"
        )
        reservation_id = self.next_id("res")

        async def call() -> Any:
            quoted = await self.services.quotes.quote(self.actor, quote)
            body = api_sales.ReservationBody(
                reservation_id=reservation_id, quote_id=quoted.quote_id, quote=quote
            )
            return await self.services.reservations.reserve(self.actor, body)

        if await self.send(call) is not None:
            self.sent.pop()  # its quote would be another one now
            self.reserved.append((reservation_id, quote, self.now_ms))

    async def pay(self, which: int) -> None:
        """Pay under a reservation, in time or, where it ended meanwhile, late."""
        if self.reserved:
            reservation_id, quote, made_ms = self.reserved.pop(which % len(self.reserved))
            await self.commit(quote.basket, quote.holder, reservation_id, occurred_ms=made_ms)

    async def give_back(self, which: int, units: int) -> None:
        if not self.sold:
            return
        sold = self.sold[which % len(self.sold)]
        units = min(units, sold.left)
        if not units:
            return
        sold.left -= units
        return_id = self.next_id("ret")
        body = api_sales.ReturnBody(
            return_id=return_id,
            business_key=return_id,
            occurred_ms=self.now_ms,
            sent_ms=self.now_ms,
            lines=[api_sales.ReturnLineBody(line_no=1, quantity=units)],
        )
        sale_id = sold.view.sale_id
        await self.send(lambda: self.services.returns.record_return(self.actor, sale_id, body))

    async def wait(self, minutes: int) -> None:
        self.now_ms += minutes * HOLD_LIFETIME_S * 100
        await self.services.upkeep.expire_holds(G)
        await self.services.upkeep.expire(G, self.next_id("run"))

    async def publish(self, money: int) -> None:
        await publish(self.services, self.actor, money)

    async def check(self) -> tuple[object, ...]:
        """Every floor holds, every asset sums to zero, counters are their uses, nobody got too much."""
        store = self.services.store
        report = await self.services.upkeep.reconcile(G)
        assert report.findings == ()
        accounts = await store.list_accounts(G, "", 1000)
        for account in accounts:
            assert account.floor is None or account.balance - account.held >= account.floor
        gave = [sold for sold in self.sold if sold.left and _bonus(sold)]
        for member in (0, 1):
            assert sum(sold.member == member for sold in gave) <= TIMES
        by_hand: dict[str, int] = {}
        for sold in self.sold:
            if sold.left and not sold.is_late:
                by_hand[sold.day] = by_hand.get(sold.day, 0) + _took(sold, "latitude.clerk")
        assert all(minor <= BY_HAND for minor in by_hand.values()), "what the counter may give in a day"
        brought = [sold for sold in self.sold if sold.left and _bonus(sold, "brought")]
        assert [sold.member for sold in brought] in ([], [1]), "once for each who was brought"
        assert await self.sponsored() == 40 * len(brought)
        off = [sold for sold in self.sold if sold.left and not sold.is_late and _took(sold, "off")]
        assert len(off) <= 3 * TIMES
        await self._check_vouchers(accounts)
        lots = await store.list_lots(G, "", 1000)
        holds = await store.list_pending_holds(G, "", 1000)
        usage = await store.find_usage(
            G, [("bonus/member/ever/", "member/m-0")], [("off", "CHF/2"), ("mint", "CHF/2")]
        )
        return tuple(accounts), tuple(lots), tuple(holds), usage

    async def _check_vouchers(self, accounts: Sequence[AccountRow]) -> None:
        """What is there and what was used stays within budget and limit, whatever is bought and returned."""
        if any(sold.is_late for sold in self.sold):
            return  # a late ticket gets what it was promised, and says what the budget lacked
        there = {row.account: row.balance for row in accounts if row.asset == "VCH.v/0"}
        used = there.pop("group/value/redeemed", 0)
        alive = sum(units for account, units in there.items() if account.endswith("/vouchers"))
        usage = await self.services.store.find_usage(G, [], [("mint", "CHF/2")])
        assert usage.budgets["mint"].spent >= WORTH * (used + alive)
        assert usage.budgets["mint"].spent <= VOUCHERS
        assert used + alive <= 3

    async def sponsored(self) -> int:
        """What the sponsor was given, less what returns took back: by the events, which no balance moves."""
        given = 0
        for event in await self.services.store.list_events(G, 0, 10_000):
            body = json.loads(event.body)
            if event.kind in ("sponsor.rewarded", "sponsor.taken_back"):
                assert body.keys() == {"member_id", "points"}
                assert body["member_id"] == "m-0"
                given += body["points"] if event.kind == "sponsor.rewarded" else -body["points"]
        return given


def _holder(who: int) -> api.EvidenceBody | None:
    return None if who > 1 else api.EvidenceBody(medium="typed", value=f"290000000000{who}")


def _bonus(sold: Sold, rule_id: str = "bonus") -> int:
    return sum(each.points for line in sold.view.lines for each in line.reasons if each.rule_id == rule_id)


def _took(sold: Sold, rule_id: str) -> int:
    return -sum(
        each.amount_minor for line in sold.view.lines for each in line.reasons if each.rule_id == rule_id
    )


async def publish(services: Services, actor: Actor, money: int) -> None:
    latitude = {"clerk": {"discount_rate_bp": 5000, "discount_minor_per_day": BY_HAND}}
    await services.groups.put_group(
        actor,
        name="Lac",
        country="CH",
        currency="CHF",
        programme=json.dumps({"rules": rules(money), "latitude": latitude}),
    )


def run(engine: Engine, act: Callable[[World], Coroutine[None, None, None]]) -> None:
    """A fresh group in a fresh database."""

    async def main(address: str, secrets: Secrets) -> None:
        store = await open_store(address)
        try:
            at: list[World] = []
            services = build_services(store, secrets, lambda: at[0].now_ms)
            world = World(services, operator_of(G))
            at.append(world)
            await world.publish(MONEY)
            shop = api_catalogue.ShopBody(name="Shop", country="CH", time_zone="Europe/Zurich")
            await services.shops.put_shop(world.actor, "shop", shop)
            article = api_catalogue.ArticleBody(name="Cream", article_class="cosmetic", codes=["100"])
            await services.articles.put_articles(world.actor, [("cream", article)])
            for number in (0, 1):
                member = api_members.MemberBody(
                    member_id=f"m-{number}", family_name="Rochat", card_number=f"290000000000{number}"
                )
                await services.members.enrol(world.actor, member)
            brought = api_traits.TraitsBody(sponsor_id="m-0")
            await services.traits.change(world.actor, "m-1", brought)
            await act(world)
        finally:
            await store.close()

    with tempfile.TemporaryDirectory() as directory, engine.new_database() as address:
        asyncio.run(main(address, load_secrets(Path(directory) / "secrets")))
