"""A pharmacy group of a chosen size in a central database, filled through central's own services."""

import asyncio
import json
import random
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from central.services.bundle import Services, build_services
from central.services.core.access import Actor, operator_of
from central.settings import load_secrets
from central.storage.opening import open_store
from loyalty.limits.rules import RULES_PER_GROUP_MAX
from wire import api, api_catalogue, api_members, api_sales

GROUP: Final = "bench"
LINES: Final = 5
TOUCHING: Final = 5
"""Promotions that touch every ticket, one a line; all others are active too and never match."""
VOUCHER_MINOR: Final = 100
"""What every purchase gives a voucher over, and the one that it presents took off."""
_THANKS_OVER_MINOR: Final = 1_000
"""Every ticket costs more; so no voucher earns itself again."""
ARTICLES: Final = 400
_AT_ONCE: Final = 64
_DAY_MS: Final = 24 * 3600 * 1000
_HISTORY_DAYS: Final = 400

Tell = Callable[[str, int, int], None]
"""What is being made, how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Size:
    """How big a group is."""

    members: int = 2_000
    tickets: int = 5_000
    promotions: int = 1_000
    shops: int = 10
    vouchers: int = 2_048
    """Baskets whose last purchase gave a voucher that is good: more than requests are ever under way."""


@dataclass(frozen=True, slots=True)
class World:
    """A filled database with its keys, and a terminal's token of shop 0. `folder` holds all its files.

    `codes`: a good voucher for each of the first baskets, its member's own.
    """

    folder: Path
    size: Size
    token: str
    codes: tuple[str, ...] = ()

    @property
    def database(self) -> Path:
        """Central's database file."""
        return self.folder / "central.db"

    @property
    def secrets(self) -> Path:
        """Central's keys."""
        return self.folder / "central.keys"

    def copy_to(self, folder: Path) -> "World":
        """The same world once more; nobody may have this one open."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)


async def make_world(folder: Path, size: Size, tell: Tell) -> World:
    """Fill a new database."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    world = World(folder, size, "")
    async with opened(world) as (services, actor):
        await _put_programme(services, actor, size.promotions)
        await _put_shops(services, actor, 0, size.shops)
        await services.articles.put_articles(actor, [_article(number) for number in range(ARTICLES)])
        await _enrol(services, actor, 0, size.members, tell)
        await _sell(services, actor, size, 0, size.tickets, tell)
        codes = await _earn_vouchers(services, actor, size)
        issued = await services.access.issue_token(actor, role="terminal", label="bench", shop_id=_shop(0))
    return replace(world, token=issued.token, codes=codes)


async def grow(world: World, size: Size, tell: Tell) -> World:
    """Bring a world to a bigger size."""
    before = world.size
    async with opened(world) as (services, actor):
        if size.promotions != before.promotions:
            await _put_programme(services, actor, size.promotions)
        await _put_shops(services, actor, before.shops, size.shops)
        await _enrol(services, actor, before.members, size.members, tell)
        await _sell(services, actor, size, before.tickets, size.tickets, tell)
        codes = world.codes
        if size.members != before.members:  # other members buy the baskets now
            codes = await _earn_vouchers(services, actor, size)
    return replace(world, size=size, codes=codes)


@asynccontextmanager
async def opened(world: World) -> AsyncIterator[tuple[Services, Actor]]:
    """The services over a world's database, in this process."""
    secrets = await asyncio.to_thread(load_secrets, world.secrets)
    store = await open_store(f"sqlite:///{world.database}")
    try:
        yield build_services(store, secrets), operator_of(GROUP)
    finally:
        await store.close()


def promotions(count: int) -> list[dict[str, Any]]:
    """`count` promotions active today, by brand, range or article; `TOUCHING` of them touch a ticket."""
    today = datetime.now(UTC).date()
    period = {"from": f"{today - timedelta(days=30)}", "to": f"{today + timedelta(days=30)}"}
    needs = ("line.brand", "line.range", "line.article_id")
    return [
        {
            "id": f"promotion-{number}",
            "version": 1,
            "kind": "promotion",
            "when": {"fact": "member.is_known"},
            "lines": {"eq": [{"fact": "line.brand"}, f"brand-{number}"]}
            if number < TOUCHING
            else {"eq": [{"fact": needs[number % 3]}, f"never-{number}"]},
            "effects": [{"effect": "percent_off", "rate_bp": 500, "rounding": "floor"}],
            "period": period,
        }
        for number in range(count)
    ]


def sale(
    number: int, run: str, *, members: int, shop_id: str | None, occurred_ms: int, code: str | None = None
) -> api_sales.SaleBody:
    """A paid ticket of five lines by some member; the same number makes the same basket. `code`: voucher."""
    chance = random.Random(number)
    lines = [
        api_sales.LineBody(
            line_no=at + 1,
            code=_code(chance.randrange(ARTICLES // TOUCHING) * TOUCHING + at),
            quantity=1,
            amount_minor=995 + 5 * chance.randrange(400),
        )
        for at in range(LINES)
    ]
    return api_sales.SaleBody(
        sale_id=f"{run}-{number}",
        business_key=f"{run}-{number}",
        occurred_ms=occurred_ms,
        sent_ms=time.time_ns() // 1_000_000,
        basket=api_sales.BasketBody(currency="CHF", lines=lines, vouchers=[] if code is None else [code]),
        holder=api.EvidenceBody(medium="nfc_uid", value=_uid(chance.randrange(members))),
        shop_id=shop_id,
    )


async def _put_programme(services: Services, actor: Actor, count: int) -> None:
    base = {
        "id": "base",
        "version": 1,
        "kind": "campaign",
        "when": {"fact": "member.is_known"},
        "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
    }
    thanks = {
        "id": "thanks",
        "version": 1,
        "kind": "campaign",
        "when": {
            "and": [{"fact": "member.is_known"}, {"gt": [{"fact": "basket.total_minor"}, _THANKS_OVER_MINOR]}]
        },
        "effects": [
            {
                "effect": "next_purchase_voucher",
                "voucher": "thanks",
                "worth_minor": VOUCHER_MINOR,
                "valid_days": 2 * _HISTORY_DAYS,
            }
        ],
    }
    programme = {
        "rules": [base, thanks, *promotions(min(count, RULES_PER_GROUP_MAX - 2))],
        "expiry": {"policy": "end_of_year", "years": 1},
        "voucher_step": {"points": 300, "worth_minor": 300},
    }
    await services.groups.put_group(
        actor, name="Bench", country="CH", currency="CHF", programme=json.dumps(programme)
    )


async def _put_shops(services: Services, actor: Actor, first: int, count: int) -> None:
    for number in range(first, count):
        body = api_catalogue.ShopBody(name=f"Shop {number}", country="CH", time_zone="Europe/Zurich")
        await services.shops.put_shop(actor, _shop(number), body)


async def _enrol(services: Services, actor: Actor, first: int, count: int, tell: Tell) -> None:
    async def enrol(number: int) -> None:
        member_id = f"m-{number}"
        body = api_members.MemberBody(
            member_id=member_id, family_name="Bench", given_name="Mark", email=email_of(number)
        )
        await services.members.enrol(actor, body)
        card = api_members.CardBody(card_number=_card(number), uid=_uid(number), member_id=member_id)
        await services.cards.put_card(actor, card)

    await _at_once(map(enrol, range(first, count)), lambda done: tell("Members", done, count - first))


async def _sell(services: Services, actor: Actor, size: Size, first: int, count: int, tell: Tell) -> None:
    now_ms = time.time_ns() // 1_000_000

    async def sell(number: int) -> None:
        occurred_ms = now_ms - _DAY_MS - number * 7_919_000 % (_HISTORY_DAYS * _DAY_MS)
        shop_id = _shop(number % size.shops)
        body = sale(number, "history", members=size.members, shop_id=shop_id, occurred_ms=occurred_ms)
        await services.sales.commit(actor, body)

    await _at_once(map(sell, range(first, count)), lambda done: tell("Tickets", done, count - first))


async def _earn_vouchers(services: Services, actor: Actor, size: Size) -> tuple[str, ...]:
    """A purchase of each of the first baskets; the vouchers that these give."""
    now_ms = time.time_ns() // 1_000_000
    codes = [""] * size.vouchers

    async def earn(number: int) -> None:
        run = f"first-of-{size.members}"
        body = sale(number, run, members=size.members, shop_id=_shop(0), occurred_ms=now_ms)
        view, _ = await services.sales.commit(actor, body)
        codes[number] = view.vouchers[0].code

    await _at_once(map(earn, range(size.vouchers)), lambda _: None)
    return tuple(codes)


async def _at_once(work: Iterable[Awaitable[None]], on_progress: Callable[[int], None]) -> None:
    """Await all, `_AT_ONCE` at a time."""
    waiting = iter(work)
    done = 0

    async def worker() -> None:
        nonlocal done
        for each in waiting:
            await each
            done += 1
            if done % 200 == 0:
                on_progress(done)

    await asyncio.gather(*(worker() for _ in range(_AT_ONCE)))


def _article(number: int) -> tuple[str, api_catalogue.ArticleBody]:
    """Articles take turns with the brands that promotions touch: the n-th line has the n-th brand."""
    body = api_catalogue.ArticleBody(
        name=f"Article {number}",
        article_class="cosmetic",
        codes=[_code(number)],
        brand=f"brand-{number % TOUCHING}",
        range=f"range-{number % 40}",
        price_minor=1000 + number,
    )
    return f"article-{number}", body


def _shop(number: int) -> str:
    return f"shop-{number}"


def _code(number: int) -> str:
    return f"20000000{number:05}"


def _card(number: int) -> str:
    return f"29{number:011}"


def email_of(number: int) -> str:
    """A member's e-mail address."""
    return f"m{number}@bench.example"


def _uid(number: int) -> str:
    return f"04{number:012X}"
