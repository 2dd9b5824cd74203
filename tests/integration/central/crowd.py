"""A crowd of members with tickets, straight into the store, and who meets a condition by plain counting."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from central.services.bundle import Services, build_services
from central.services.core.access import operator_of
from central.services.core.sealed_people import Person, seal_person
from central.services.core.vault import Vault
from central.settings import load_secrets
from central.storage.interface.rows import MemberRow
from central.storage.opening import open_store
from tests.contract.storage.factories import NOW_MS, G, a_group, a_line, a_sale, a_shop, decide_return
from tests.movable_clock import MovableClock

ZURICH = ZoneInfo("Europe/Zurich")
DAY_MS = 86_400_000
AT_ONCE = 200
WHEN: Any = {
    "or": [
        {
            "and": [
                {"ge": [{"fact": "member.visits_3_months"}, 2]},
                {"ge": [{"fact": "member.spent_3_months_minor"}, 1_500]},
                {"not": {"eq": [{"fact": "member.home_shop"}, "shop-1"]}},
            ]
        },
        {
            "and": [
                {"eq": [{"fact": "member.grade"}, "new"]},
                {"in": [{"fact": "member.language"}, ["de", "it"]]},
            ]
        },
    ]
}
NARROW: Any = {
    "and": [
        {"ge": [{"fact": "member.visits_3_months"}, 2]},
        {"ge": [{"fact": "member.spent_3_months_minor"}, 1_500]},
        {"not": {"eq": [{"fact": "member.language"}, "fr"]}},
    ]
}
BIRTHDAY: Any = {"and": [{"le": [{"fact": "member.birthday_days"}, 7]}, NARROW["and"][0]]}


def rule(name: str, when: Any) -> dict[str, Any]:
    effects = [{"effect": "segment", "segment": name}]
    return {"id": f"is-{name}", "version": 1, "kind": "segment", "when": when, "effects": effects}


PROGRAMME = {
    "rules": [rule("crowd", WHEN), rule("narrow", NARROW), rule("birthday", BIRTHDAY)],
    "grades": {},
}


@dataclass
class Somebody:
    """A member as the test knows them."""

    member_id: str
    language: str
    home_shop: str
    enrolled_ms: int
    born: date
    tickets: list[tuple[int, int]] = field(default_factory=list)
    """Moment, and what was kept of it in minor units."""


@dataclass
class Crowd:
    """The services and everybody in them."""

    services: Services
    members: list[Somebody]

    def who(self, name: str) -> list[str]:
        """Who is in a segment, counted ticket by ticket."""
        counted = {"crowd": _in_crowd, "narrow": _in_narrow, "birthday": _has_birthday}[name]
        return sorted(each.member_id for each in self.members if counted(each))


def local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, ZURICH)


TODAY = local(NOW_MS).date()
# Three months before 21 September 2026, and one.
QUARTER, MONTH = date(2026, 6, 21), date(2026, 8, 21)
assert date(2026, 9, 21) == TODAY


def _recent(somebody: Somebody) -> tuple[int, int]:
    kept = [amount for at_ms, amount in somebody.tickets if local(at_ms).date() >= QUARTER and amount]
    return len(kept), sum(kept)


def _in_narrow(somebody: Somebody) -> bool:
    visits, spent = _recent(somebody)
    return visits >= 2 and spent >= 1_500 and somebody.language != "fr"


def _in_crowd(somebody: Somebody) -> bool:
    visits, spent = _recent(somebody)
    is_new = local(somebody.enrolled_ms).date() >= MONTH and not (visits >= 3 and spent >= 50_000)
    is_good = visits >= 2 and spent >= 1_500 and somebody.home_shop != "shop-1"
    return is_good or (is_new and somebody.language in ("de", "it"))


def _has_birthday(somebody: Somebody) -> bool:
    days = []
    for year in (TODAY.year - 1, TODAY.year, TODAY.year + 1):
        day = min(somebody.born.day, 28) if somebody.born.month == 2 else somebody.born.day
        days.append(abs((date(year, somebody.born.month, day) - TODAY).days))
    return min(days) <= 7 and _recent(somebody)[0] >= 2


@asynccontextmanager
async def a_crowd(address: str, folder: Path, size: int, seed: int) -> AsyncIterator[Crowd]:
    """Fill a database with members, two tickets each on average, some of which came back."""
    store = await open_store(address)
    try:
        secrets = await asyncio.to_thread(load_secrets, folder / "secrets")
        services = build_services(store, secrets, MovableClock(NOW_MS))
        await store.put_group(a_group(programme=msgspec.json.encode(PROGRAMME).decode()), "test")
        for number in range(1, 4):
            await store.put_shop(a_shop(f"shop-{number}"), NOW_MS)
        rng = random.Random(seed)
        vault = Vault(secrets.master_key)
        members = [_somebody(rng, number) for number in range(size)]
        for page in _pages(members):
            rows = [_row(vault, each) for each in page]
            await asyncio.gather(*(store.enrol_member(row, None) for row in rows))
            await _shop(services, rng, page)
        yield Crowd(services, members)
    finally:
        await store.close()


def _pages(members: list[Somebody]) -> Iterator[list[Somebody]]:
    yield from (members[at : at + AT_ONCE] for at in range(0, len(members), AT_ONCE))


def _somebody(rng: random.Random, number: int) -> Somebody:
    return Somebody(
        member_id=f"m-{number:06}",
        language=rng.choice(("fr", "de", "it")),
        home_shop=f"shop-{rng.randint(1, 3)}",
        enrolled_ms=NOW_MS - rng.randint(0, 400) * DAY_MS,
        born=date(1950, 1, 1) + timedelta(days=rng.randint(0, 20_000)),
    )


def _row(vault: Vault, somebody: Somebody) -> MemberRow:
    keys = vault.new_member(G, somebody.member_id)
    person = Person(family_name="Rey", birth_date=somebody.born.isoformat())
    return MemberRow(
        group_id=G,
        member_id=somebody.member_id,
        key_wrapped=keys.key_wrapped,
        person_sealed=seal_person(vault, G, somebody.member_id, keys.key, person),
        subject_sealed=keys.subject_sealed,
        language=somebody.language,
        home_shop_id=somebody.home_shop,
        enrolled_ms=somebody.enrolled_ms,
        input_hash=sha256(somebody.member_id.encode()).digest(),
    )


async def _shop(services: Services, rng: random.Random, page: list[Somebody]) -> None:
    sales, returned = [], []
    for somebody in page:
        for number in range(rng.choice((0, 1, 2, 2, 5))):
            at_ms = NOW_MS - rng.randint(0, 200) * DAY_MS
            quantity = rng.randint(1, 12)
            sale = a_sale(
                f"{somebody.member_id}-{number}",
                lines=[a_line(quantity=quantity, points=0)],
                member_id=somebody.member_id,
                at_ms=at_ms,
            )
            back = rng.choice((0, 0, 0, 0, 1, quantity))
            sales.append(sale)
            if back:
                returned.append((sale, back))
            somebody.tickets.append((at_ms, 100 * (quantity - back)))
    for at in range(0, len(sales), AT_ONCE):
        await asyncio.gather(*(services.store.record_sale(sale) for sale in sales[at : at + AT_ONCE]))
    for sale, back in returned:
        await services.store.record_return(
            await decide_return(services.store, f"r-{sale.sale_id}", sale, 1, back)
        )


async def recount(crowd: Crowd) -> None:
    """Every way to ask who is in a segment gives the members that plain counting gives."""
    actor = operator_of(G)
    segments = crowd.services.segments
    await crowd.services.standings.keep(G)
    for name in ("crowd", "narrow", "birthday"):
        expected = crowd.who(name)
        assert expected, "a segment of nobody proves nothing"
        assert (await segments.count(actor, name)).members == len(expected)
        found: list[str] = []
        after: str | None = ""
        while after is not None:
            page = await segments.members(actor, name, after=after)
            found += page.members
            after = page.next
        assert found == expected
        if name != "birthday":
            assert await _kept(crowd, name) == expected, "as it is kept with its history"
    assert await crowd.services.standings.keep(G) == 0, "nothing is left to work out"


async def _kept(crowd: Crowd, name: str) -> list[str]:
    kept: list[str] = []
    while rows := await crowd.services.store.list_segment_members(G, name, kept[-1] if kept else "", 200):
        kept += [row.member_id for row in rows]
    return kept
