"""How long a draft takes over recorded tickets: `python -m tools.bench.simulation`.

Tickets are booked through the real service on a real file, then replayed by the real simulation.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click

from central.services.access import Actor, operator_of
from central.services.bundle import Services, build_services
from central.settings import load_secrets
from central.storage.opening import open_store
from wire import api, api_catalogue, api_value

GROUP: Final = "bench"
TICKETS: Final = 25_000
GOAL_S: Final = 60
_MEMBERS: Final = 1_000
_ARTICLES: Final = 400
_AT_ONCE: Final = 64
_BASE: Final = {
    "id": "base",
    "version": 1,
    "kind": "campaign",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
}
_SUN: Final = _BASE | {
    "id": "sun",
    "when": {
        "and": [
            {"fact": "member.is_known"},
            {"any_line": {"eq": [{"fact": "line.brand"}, "brand-7"]}},
        ]
    },
}


@dataclass(frozen=True)
class SimulationFigures:
    """What was measured: tickets and lines replayed, how long that and the booking before took."""

    tickets: int
    lines: int
    booked_ms: int
    simulated_ms: int
    changed_tickets: int


async def measure(tickets: int = TICKETS, *, on_progress: bool = False) -> SimulationFigures:
    """Book tickets into a new group, then simulate a draft over all of them."""
    with tempfile.TemporaryDirectory(prefix="officine-bench-") as folder:
        secrets = await asyncio.to_thread(load_secrets, Path(folder) / "secrets")
        store = await open_store(f"sqlite:///{folder}/central.db")
        try:
            services = build_services(store, secrets)
            actor = operator_of(GROUP)
            await _furnish(services, actor)
            started_ns = time.monotonic_ns()
            await _book(services, actor, tickets)
            booked_ms = (time.monotonic_ns() - started_ns) // 1_000_000
            view = await _simulate(services, actor, tickets, on_progress=on_progress)
        finally:
            await store.close()
    return SimulationFigures(view.tickets, view.lines, booked_ms, view.took_ms, view.changed_tickets)


async def _furnish(services: Services, actor: Actor) -> None:
    await services.groups.put_group(
        actor, name="Bench", country="CH", currency="CHF", programme=json.dumps({"rules": [_BASE]})
    )
    for number in range(10):
        body = api_catalogue.ShopBody(name=f"Shop {number}", country="CH", time_zone="Europe/Zurich")
        await services.shops.put_shop(actor, f"shop-{number}", body)
    await services.articles.put_articles(
        actor,
        [
            (
                f"article-{number}",
                api_catalogue.ArticleBody(
                    name=f"Article {number}",
                    article_class="cosmetic" if number % 4 else "medicine_ch_d",
                    codes=[_code(number)],
                    brand=f"brand-{number % 20}",
                    price_minor=500 + 37 * number,
                ),
            )
            for number in range(_ARTICLES)
        ],
    )
    for number in range(_MEMBERS):
        member = api.MemberBody(member_id=f"m-{number}", family_name="Bench", card_number=_card(number))
        await services.members.enrol(actor, member)


async def _book(services: Services, actor: Actor, tickets: int) -> None:
    chance = random.Random(1)
    waiting = iter([_ticket(chance, number) for number in range(tickets)])

    async def work() -> None:
        for body in waiting:
            await services.sales.commit(actor, body)

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


def _ticket(chance: random.Random, number: int) -> api.SaleBody:
    now_ms = time.time_ns() // 1_000_000
    lines = [
        api.LineBody(
            line_no=at,
            code=_code(chance.randrange(_ARTICLES)),
            quantity=chance.randint(1, 3),
            amount_minor=chance.randint(100, 12_000),
        )
        for at in range(1, chance.randint(2, 8))
    ]
    holder = None
    if chance.random() < 0.7:
        holder = api.EvidenceBody(medium="typed", value=_card(chance.randrange(_MEMBERS)))
    return api.SaleBody(
        sale_id=f"s-{number}",
        business_key=f"key-{number}",
        occurred_ms=now_ms - number * 1000,
        sent_ms=now_ms,
        shop_id=f"shop-{number % 10}",
        basket=api.BasketBody(currency="CHF", lines=lines),
        holder=holder,
    )


async def _simulate(
    services: Services, actor: Actor, tickets: int, *, on_progress: bool
) -> api_value.SimulationView:
    now_ms = time.time_ns() // 1_000_000
    body = api_value.SimulationBody(from_ms=now_ms - (tickets + 10_000) * 1000, to_ms=now_ms + 1000)

    def show(done: int, total: int) -> None:
        if on_progress:
            print(f"\r{done:>7} of {total} tickets", end="", file=sys.stderr, flush=True)

    return await services.simulation.simulate_text(
        actor, json.dumps({"rules": [_BASE, _SUN]}), body, draft_id="bench", on_progress=show
    )


def _code(number: int) -> str:
    return f"20000000{number:05}"


def _card(number: int) -> str:
    return f"29000000{number:05}"


@click.command()
@click.option("--tickets", default=TICKETS, show_default=True, help="How many to book and replay.")
def main(tickets: int) -> None:
    """Print how long booking and simulating takes, as JSON."""
    figures = asyncio.run(measure(tickets, on_progress=True))
    per_s = figures.tickets * 1000 // max(1, figures.simulated_ms)
    print(json.dumps(asdict(figures) | {"tickets_per_s": per_s, "goal_s": GOAL_S}, indent=2))


if __name__ == "__main__":
    main()
