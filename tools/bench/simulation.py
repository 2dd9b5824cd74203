"""How long a draft takes over recorded tickets: `make bench ARGS="--only simulation"`.

Tickets are booked through the real service on a real file, then replayed by the command of head office.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from central.services.bundle import Services, build_services
from central.services.core.access import Actor, operator_of
from central.settings import load_secrets
from central.storage.opening import open_store
from tools.bench.world import Tell
from tools.demo.programs import ProgramFailed
from wire import api, api_catalogue, api_members, api_sales

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


@dataclass(frozen=True, slots=True)
class SimulationFigures:
    """What was measured: tickets and lines replayed by the command, its time on the clock and its processor
    time, and the same of booking the tickets before.
    """

    tickets: int
    lines: int
    seconds: float
    processor_s: float
    booked_s: float
    booked_processor_s: float


async def measure(folder: Path, tell: Tell, tickets: int = TICKETS) -> SimulationFigures:
    """Book tickets into a new group, then let the command simulate a draft over all of them.

    The command's own bar is on standard error.
    """
    database, secrets = folder / "central.db", folder / "secrets"
    begun = (time.monotonic(), time.process_time())
    lines = await _fill(database, secrets, tell, tickets)
    booked = (time.monotonic() - begun[0], time.process_time() - begun[1])
    seconds, processor_s = await asyncio.to_thread(_simulate, folder, database, secrets, tickets)
    return SimulationFigures(tickets, lines, seconds, processor_s, *booked)


async def _fill(database: Path, secrets: Path, tell: Tell, tickets: int) -> int:
    kept = await asyncio.to_thread(load_secrets, secrets)
    store = await open_store(f"sqlite:///{database}")
    try:
        services = build_services(store, kept)
        actor = operator_of(GROUP)
        await _furnish(services, actor)
        return await _book(services, actor, tell, tickets)
    finally:
        await store.close()


def _simulate(folder: Path, database: Path, secrets: Path, tickets: int) -> tuple[float, float]:
    """Run `officine rules simulate` over all tickets: seconds on the clock, and of processor time."""
    draft, told = folder / "draft.json", folder / "told"
    draft.write_text(json.dumps({"rules": [_BASE, _SUN]}))
    today = datetime.now(UTC).date()
    first = today - timedelta(days=2 + tickets // 86_400)
    command = [sys.executable, "-m", "officine.main", "rules", "simulate", str(draft)]
    command += ["--from", first.isoformat(), "--to", (today + timedelta(days=1)).isoformat()]
    settings = {
        "OFFICINE_DATABASE": f"sqlite:///{database}",
        "OFFICINE_CENTRAL_SECRETS_FILE": str(secrets),
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("OFFICINE_")}
    begun = time.monotonic()
    with told.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  (our own command)
            [*command, "--group", GROUP], stdout=out, env={**inherited, **settings}
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or f" {tickets}" not in told.read_text():
        raise ProgramFailed(f"officine rules simulate replayed not all tickets: {told.read_text()[:500]}")
    return seconds, used.ru_utime + used.ru_stime


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
        member = api_members.MemberBody(
            member_id=f"m-{number}", family_name="Bench", card_number=_card(number)
        )
        await services.members.enrol(actor, member)


async def _book(services: Services, actor: Actor, tell: Tell, tickets: int) -> int:
    """Book all tickets; how many lines they have."""
    chance = random.Random(1)
    bodies = [_ticket(chance, number) for number in range(tickets)]
    waiting, done = iter(bodies), count(1)

    async def work() -> None:
        for body in waiting:
            await services.sales.commit(actor, body)
            tell("tickets booked", next(done), tickets)

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    return sum(len(body.basket.lines) for body in bodies)


def _ticket(chance: random.Random, number: int) -> api_sales.SaleBody:
    now_ms = time.time_ns() // 1_000_000
    lines = [
        api_sales.LineBody(
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
    return api_sales.SaleBody(
        sale_id=f"s-{number}",
        business_key=f"key-{number}",
        occurred_ms=now_ms - number * 1000,
        sent_ms=now_ms,
        shop_id=f"shop-{number % 10}",
        basket=api_sales.BasketBody(currency="CHF", lines=lines),
        holder=holder,
    )


def _code(number: int) -> str:
    return f"20000000{number:05}"


def _card(number: int) -> str:
    return f"29000000{number:05}"
