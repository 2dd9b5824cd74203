"""Any history of earning, paying with points, expiring, returning and replaying keeps the books balanced.

Driven through the services on a real store: what is decided there is what is proved here.
"""

import asyncio
import json
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from central.services.bundle import Services, build_services
from central.services.core.access import Actor, operator_of
from central.services.core.requests import TryAgain
from central.settings import Secrets, load_secrets
from central.storage.opening import open_store
from loyalty.errors import LoyaltyError
from loyalty.ledger.audit import check_holds
from loyalty.ledger.lots import BalanceTooLow
from tests.property.storage.engines import Engine, histories
from wire import api, api_catalogue, api_members, api_parties, api_sales, api_value

G = "lac"
DAY_MS = 86_400_000
START_MS = 1_790_000_000_000
MEMBERS = ("m-0", "m-1")
BASE = {
    "id": "base",
    "version": 1,
    "kind": "campaign",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
}
PROGRAMME = {
    "rules": [BASE],
    "voucher_step": {"points": 1, "worth_minor": 1},
    "identification": {"redeem": "barcode", "donate": "barcode", "transfer": "barcode"},
}


@dataclass
class World:
    """A group with two members of one household, a clock that moves, and what was sent so far."""

    services: Services
    actor: Actor
    now_ms: int = START_MS
    sales: list[tuple[api_sales.SaleBody, list[int]]] = field(default_factory=list)
    sent: list[Callable[[], Coroutine[Any, Any, Any]]] = field(default_factory=list)
    count: int = 0

    def next_id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count}"

    async def send(self, call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        answer = await call()
        self.sent.append(call)
        return answer

    async def sell(
        self,
        member: int,
        points: int,
        quantity: int,
        redeem: int | None = None,
        reservation_id: str | None = None,
    ) -> bool:
        sale_id = self.next_id("sale")
        line = api_sales.LineBody(line_no=1, code="100", quantity=quantity, amount_minor=points * 100)
        body = api_sales.SaleBody(
            sale_id=sale_id,
            business_key=sale_id,
            occurred_ms=self.now_ms,
            sent_ms=self.now_ms,
            shop_id="shop",
            basket=api_sales.BasketBody(currency="CHF", lines=[line]),
            holder=_card(member),
            redeem_points=redeem,
            reservation_id=reservation_id,
        )
        try:
            await self.send(lambda: self.services.sales.commit(self.actor, body))
        except LoyaltyError as error:
            if error.code not in {"balance_too_low", "redeeming_too_much"}:
                raise
            return False
        self.sales.append((body, [quantity]))
        return True

    async def reserve(self, member: int, points: int, redeem: int) -> tuple[str, api_sales.QuoteBody] | None:
        line = api_sales.LineBody(line_no=1, code="100", quantity=1, amount_minor=points * 100)
        quote = api_sales.QuoteBody(
            basket=api_sales.BasketBody(currency="CHF", lines=[line]), holder=_card(member), shop_id="shop"
        )
        quoted = await self.services.quotes.quote(self.actor, quote)
        body = api_sales.ReservationBody(
            reservation_id=self.next_id("res"), quote_id=quoted.quote_id, quote=quote, redeem_points=redeem
        )
        try:
            await self.send(lambda: self.services.reservations.reserve(self.actor, body))
        except LoyaltyError as error:
            if error.code not in {"balance_too_low", "redeeming_too_much"}:
                raise
            return None
        return body.reservation_id, quote

    async def give_back(self, which: int, units: int) -> None:
        if not self.sales:
            return
        sale, left = self.sales[which % len(self.sales)]
        units = min(units, left[0])
        if not units:
            return
        left[0] -= units
        return_id = self.next_id("ret")
        body = api_sales.ReturnBody(
            return_id=return_id,
            business_key=return_id,
            occurred_ms=self.now_ms,
            sent_ms=self.now_ms,
            lines=[api_sales.ReturnLineBody(line_no=1, quantity=units)],
        )
        await self.send(lambda: self.services.returns.record_return(self.actor, sale.sale_id, body))

    async def give(self, member: int, points: int, to_household: bool) -> None:
        move_id = self.next_id("move")
        holder = _card(member)
        try:
            if to_household:
                gift = api_value.TransferBody(
                    transfer_id=move_id, holder=holder, to_member_id=MEMBERS[1 - member], points=points
                )
                await self.send(lambda: self.services.gifts.transfer(self.actor, gift))
            else:
                given = api_value.DonationBody(
                    donation_id=move_id, holder=holder, association_id="red-cross", points=points
                )
                await self.send(lambda: self.services.gifts.donate(self.actor, given))
        except BalanceTooLow:
            return

    async def upkeep(self, run_id: str) -> None:
        await self.services.upkeep.expire_holds(G)
        await self.services.upkeep.mature(G)
        await self.services.upkeep.expire(G, run_id)

    async def net(self) -> int:
        known = [await self.services.store.find_points(G, member) for member in MEMBERS]
        return sum(each.balance - each.owed for each in known)

    async def state(self) -> tuple[object, ...]:
        store = self.services.store
        accounts = await store.list_accounts(G, "", 1000)
        lots = await store.list_lots(G, "", 1000)
        holds = await store.list_pending_holds(G, "", 1000)
        report = await self.services.upkeep.reconcile(G)
        assert report.findings == ()
        assert list(check_holds(holds, accounts, lots)) == []
        for account in accounts:
            assert account.floor is None or account.balance - account.held >= account.floor
        return tuple(accounts), tuple(lots), tuple(holds)


def _card(member: int) -> api.EvidenceBody:
    return api.EvidenceBody(medium="typed", value=f"290000000000{member}")


def run(
    engine: Engine,
    act: Callable[[World], Coroutine[None, None, None]],
    *,
    pending_days: int = 0,
    **programme: object,
) -> None:
    async def main(address: str, secrets: Secrets) -> None:
        store = await open_store(address)
        try:
            at: list[World] = []
            services = build_services(store, secrets, lambda: at[0].now_ms)
            at.append(World(services, operator_of(G)))
            await _furnish(at[0], programme, pending_days)
            await act(at[0])
        finally:
            await store.close()

    with tempfile.TemporaryDirectory() as directory, engine.new_database() as address:
        asyncio.run(main(address, load_secrets(Path(directory) / "secrets")))


async def _furnish(world: World, programme: dict[str, object], pending_days: int) -> None:
    from central.services.core.group import GroupSettings
    from central.services.core.ledger_settings import LedgerSettings

    services, actor = world.services, world.actor
    await services.groups.put_group(
        actor,
        name="Lac",
        country="CH",
        currency="CHF",
        programme=json.dumps(PROGRAMME | programme),
        settings=GroupSettings(ledger=LedgerSettings(pending_days=pending_days)),
    )
    red_cross = api_parties.PartyBody(name="Croix-Rouge")
    await services.parties.put(actor, "association", "red-cross", red_cross)
    shop = api_catalogue.ShopBody(name="Shop", country="CH", time_zone="Europe/Zurich")
    await services.shops.put_shop(actor, "shop", shop)
    article = api_catalogue.ArticleBody(name="Cream", article_class="cosmetic", codes=["100"])
    await services.articles.put_articles(actor, [("cream", article)])
    for number, member_id in enumerate(MEMBERS):
        member = api_members.MemberBody(
            member_id=member_id, family_name="Rochat", card_number=f"290000000000{number}"
        )
        await services.members.enrol(actor, member)
    await services.gifts.put_household(actor, "home", api_value.HouseholdBody(member_ids=list(MEMBERS)))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(0, 1), st.integers(0, 40), st.integers(1, 4)),
        st.tuples(st.just("pay"), st.integers(0, 1), st.integers(1, 40), st.integers(1, 30)),
        st.tuples(st.just("reserve"), st.integers(0, 1), st.integers(1, 40), st.integers(1, 30)),
        st.tuples(st.just("return"), st.integers(0, 20), st.integers(1, 4), st.just(0)),
        st.tuples(st.just("transfer"), st.integers(0, 1), st.integers(1, 20), st.just(0)),
        st.tuples(st.just("donate"), st.integers(0, 1), st.integers(1, 20), st.just(0)),
        st.tuples(st.just("wait"), st.integers(0, 20), st.just(0), st.just(0)),
        st.tuples(st.just("expire"), st.just(0), st.just(0), st.just(0)),
        st.tuples(st.just("replay"), st.integers(0, 50), st.just(0), st.just(0)),
    ),
    max_size=20,
)


async def take_step(world: World, kind: str, first: int, second: int, third: int) -> None:
    match kind:
        case "sell":
            await world.sell(first, second, third)
        case "pay":
            await world.sell(first, second, 2, redeem=third)
        case "reserve":
            held = await world.reserve(first, second, third)
            if held is not None and third % 3:  # some reservations are never used
                await world.sell(first, second, 1, redeem=min(third, 1 + third // 2), reservation_id=held[0])
        case "return":
            await world.give_back(first, second)
        case "transfer":
            await world.give(first, second, True)
        case "donate":
            await world.give(first, second, False)
        case "wait":
            world.now_ms += first * DAY_MS // 2
        case "expire":
            await world.upkeep(f"run-{world.next_id('x')}")
        case "replay" if world.sent:
            before = await world.state()
            await world.sent[first % len(world.sent)]()
            assert await world.state() == before, "a replay changed something"


@histories(STEPS)
def test_any_history_sums_to_zero_keeps_its_floors_and_ignores_replays(
    engine: Engine,
    steps: list[tuple[str, int, int, int]],
) -> None:
    async def act(world: World) -> None:
        for kind, *rest in steps:
            await take_step(world, kind, *rest)
        before = await world.state()
        for call in world.sent:
            await call()
        assert await world.state() == before

    run(engine, act, expiry={"policy": "months", "months": 1})


@histories(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 4), st.integers(0, 25)), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_earning_paying_with_points_and_returning_all_in_any_order_leaves_nothing(
    engine: Engine, sales: list[tuple[int, int, int]], random: Random
) -> None:
    """Nothing expires: balance less what is owed ends where it began, whatever order returns come in."""
    units = [at for at, (_, quantity, _) in enumerate(sales) for _ in range(quantity)]
    random.shuffle(units)
    _leaves_nothing(engine, sales, units)


def test_points_that_came_home_after_their_sale_was_returned_meet_the_next_debt(engine: Engine) -> None:
    """They lay in a returned sale's lot beside a debt that would have outlived them."""
    _leaves_nothing(engine, [(11, 1, 0), (11, 3, 0), (1, 1, 18), (1, 1, 0)], [0, 1, 1, 3, 2, 1])


def _leaves_nothing(engine: Engine, sales: list[tuple[int, int, int]], returns: list[int]) -> None:
    async def act(world: World) -> None:
        for points, quantity, redeem in sales:
            if not (redeem and await world.sell(0, points, quantity, redeem=redeem)):
                await world.sell(0, points, quantity)
        for which in returns:
            await world.give_back(which, 1)
        known = await world.services.store.find_points(G, MEMBERS[0])
        assert (known.balance, known.owed) == (0, 0), "points that paid came back and settled the debt"
        await world.state()

    run(engine, act)


@histories(
    st.lists(
        st.one_of(
            st.tuples(st.just("sell"), st.just(0), st.integers(0, 30), st.integers(1, 4)),
            st.tuples(st.just("pay"), st.just(0), st.integers(1, 30), st.integers(1, 25)),
            st.tuples(st.just("return"), st.integers(0, 20), st.integers(1, 4), st.just(0)),
            st.tuples(st.just("wait"), st.integers(0, 8), st.just(0), st.just(0)),
            st.tuples(st.just("expire"), st.just(0), st.just(0), st.just(0)),
        ),
        max_size=14,
    ),
    st.randoms(use_true_random=False),
)
def test_points_that_wait_are_paid_with_and_returned_in_any_order_and_nothing_is_left(
    engine: Engine, steps: list[tuple[str, int, int, int]], random: Random
) -> None:
    """Some come back while they are pending, some when they matured or were spent; nothing expires."""

    async def act(world: World) -> None:
        for kind, *rest in steps:
            await take_step(world, kind, *rest)
        units = [at for at, (_, left) in enumerate(world.sales) for _ in range(left[0])]
        random.shuffle(units)
        for which in units:
            await world.give_back(which, 1)
        known = await world.services.store.find_points(G, MEMBERS[0])
        assert (known.balance, known.owed, known.pending) == (0, 0, 0)
        await world.state()

    run(engine, act, pending_days=3)


@histories(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 60)), min_size=1, max_size=6),
    st.lists(st.integers(1, 20), max_size=4),
    st.integers(30, 100),
)
def test_the_run_of_expiry_and_burns_of_one_moment_commute(
    engine: Engine, earned: list[tuple[int, int]], burns: list[int], at_day: int
) -> None:
    """First the run, then the burns, or the other way round: the same lots and balances, replays included."""
    ends: list[tuple[object, ...]] = []

    async def act(world: World, expire_first: bool) -> None:
        for points, day in sorted(earned, key=lambda each: each[1]):
            world.now_ms = START_MS + day * DAY_MS
            await world.sell(0, points, 1)
        world.now_ms = START_MS + at_day * DAY_MS
        if expire_first:
            await world.upkeep("run-1")
        for points in burns:
            await world.give(0, points, False)
        if not expire_first:
            await world.upkeep("run-1")
        for call in world.sent:
            await call()
        await world.upkeep("run-1")
        ends.append(await world.state())

    for expire_first in (True, False):
        run(
            engine,
            lambda world, first=expire_first: act(world, first),
            expiry={"policy": "months", "months": 1},
        )  # type: ignore[misc]
    assert ends[0] == ends[1]


@histories(
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 25)), min_size=2, max_size=24),
)
def test_writers_at_once_never_spend_more_than_there_is(
    engine: Engine, earned: int, wanted: list[tuple[int, int]]
) -> None:
    """Sales that pay, donations and transfers race for one balance; what is not there is refused."""

    async def act(world: World) -> None:
        await world.sell(0, earned, 1)

        async def want(kind: int, points: int) -> None:
            try:
                if kind == 0:
                    await world.sell(0, 1, 1, redeem=points)
                else:
                    await world.give(0, points, kind == 1)
            except TryAgain:  # others kept changing the balance: an answer, and nothing was written
                return

        await asyncio.gather(*(want(kind, points) for kind, points in wanted))
        accounts, _, _ = await world.state()
        assert all(row.balance >= 0 for row in accounts if row.floor == 0)  # type: ignore[attr-defined]

    run(engine, act)
