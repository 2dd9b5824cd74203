"""Reads at size: a group of very many members and tickets, and what its look-ups take beside a small one.

Members and tickets go in by the store's own verbs, many a transaction: real rows, a real ledger and chain.
Tickets are real ones, decided once by the services and written again for other members under other ids.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from central.services.core.sealed_people import Person, seal_person
from central.services.core.vault import Vault
from central.settings import load_secrets
from central.storage.base import Store
from central.storage.interface.claims import NOTHING_CLAIMED
from central.storage.interface.rows import CardRow, MemberRow, SaleRecord
from central.storage.opening import open_store
from central.storage.sqlite.connection import open_writer
from central.storage.sqlite.unit import SqliteUnit
from central.storage.verbs import members, sales
from loyalty.ledger.accrual import accrual
from loyalty.ledger.entry import EntryHead
from loyalty.limits.members import PROFILE_TICKETS_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from tools.bench import raw
from tools.bench.endpoint import Plan
from tools.bench.figures import figures
from tools.bench.report import Report, against
from tools.bench.world import GROUP, Size, Tell, World, email_of

READS: Final = 200
_AT_ONCE: Final = 512
_TEMPLATES: Final = 256
_DAY_MS: Final = 24 * 3600 * 1000
_YEARS_MS: Final = 3 * 365 * _DAY_MS
_SMALL_HISTORY_MS: Final = 300 * _DAY_MS
"""Tickets of both groups lie in this time, so that pages are full in both."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How big, and how long filling may take; what is not in by then stays out, and the report says so."""

    members: int
    tickets: int
    minutes: float


async def measure(plan: Plan, wanted: Wanted, report: Report, tell: Tell) -> None:
    """Fill a copy of the small world, then read from both by turns."""
    records = await raw.decide(plan.world.copy_to(plan.folder / "size-taking"), _TEMPLATES)
    vault = Vault((await asyncio.to_thread(load_secrets, plan.world.secrets)).master_key)
    large = plan.world.copy_to(plan.folder / "size")
    size = await asyncio.to_thread(_fill, vault, large, wanted, records, tell)
    small_store = await open_store(f"sqlite:///{plan.world.database}")
    large_store = await open_store(f"sqlite:///{large.database}")
    try:
        for name, small, big in _questions(vault, (small_store, plan.world.size), (large_store, size)):
            of_small, of_big = [], []
            for _ in range(plan.rounds):
                of_small.append(await _median_ms(small))
                of_big.append(await _median_ms(big))
            what = f"{name}: {size.members:,} members, {size.tickets:,} tickets"
            report.measured.append(
                against(what, "ms", of_big, f"{plan.world.size.members:,} members", of_small)
            )
    finally:
        await large_store.close()
        await small_store.close()
    if (size.members, size.tickets) != (wanted.members, wanted.tickets):
        report.notes.append(f"size: {wanted.minutes:g} minutes were enough for {size}")


Ask = Callable[[], Awaitable[object]]


def _questions(
    vault: Vault, small: tuple[Store, Size], large: tuple[Store, Size]
) -> list[tuple[str, Ask, Ask]]:
    asked: dict[str, Callable[[Store, Size], Ask]] = {
        "find a member by e-mail": lambda store, size: (
            lambda: store.find_members_by_hash(
                GROUP, _email_hash(vault, random.randrange(size.members)), None
            )
        ),
        "a member's sheet": lambda store, size: (
            lambda: store.member_overview(
                GROUP, _member(random.randrange(size.members)), _now_ms() - _DAY_MS, PROFILE_TICKETS_MAX
            )
        ),
        "a page of a member's history": lambda store, size: (
            lambda: store.list_tickets(
                GROUP,
                _member(random.randrange(size.members)),
                (_now_ms() - _YEARS_MS // 2, ""),
                PAGE_ROWS_MAX,
            )
        ),
        "a page of all tickets": lambda store, _: (
            lambda: store.list_sales(
                GROUP, 0, _now_ms(), (_now_ms() - random.randrange(_SMALL_HISTORY_MS), ""), PAGE_ROWS_MAX
            )
        ),
    }
    return [(name, make(*small), make(*large)) for name, make in asked.items()]


async def _median_ms(ask: Ask) -> float:
    took = []
    for _ in range(READS):
        started_s = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - started_s) * 1000)
    return figures(took).median


def _fill(vault: Vault, world: World, wanted: Wanted, records: Sequence[SaleRecord], tell: Tell) -> Size:
    """On a thread of its own: until all is in, or the time is over. Returns what is in."""
    ends_s = time.monotonic() + wanted.minutes * 60
    connection = open_writer(world.database)
    connection.execute("PRAGMA synchronous = OFF")  # a copy that nobody keeps
    size = world.size
    while size.members < wanted.members and time.monotonic() < ends_s - wanted.minutes * 30:
        last = min(size.members + _AT_ONCE, wanted.members)
        with connection:
            unit = SqliteUnit(connection)
            for number in range(size.members, last):
                members.enrol_member(unit, *_member_rows(vault, number))
            unit.write_events()
        size = replace(size, members=last)
        tell("Members", size.members, wanted.members)
    while size.tickets < wanted.tickets and time.monotonic() < ends_s:
        last = min(size.tickets + _AT_ONCE, wanted.tickets)
        tickets = [_ticket(records, number, size.members) for number in range(size.tickets, last)]
        with connection:
            unit = SqliteUnit(connection)
            outcomes = sales.record_sales(unit, tickets)
            assert None not in outcomes, "the tickets are in nobody's way"
            unit.write_events()
        size = replace(size, tickets=last)
        tell("Tickets", size.tickets, wanted.tickets)
    connection.close()
    return size


def _member_rows(vault: Vault, number: int) -> tuple[MemberRow, CardRow]:
    member_id, now_ms = _member(number), _now_ms()
    keys = vault.new_member(GROUP, member_id)
    row = MemberRow(
        group_id=GROUP,
        member_id=member_id,
        key_wrapped=keys.key_wrapped,
        person_sealed=seal_person(vault, GROUP, member_id, keys.key, Person(family_name="Bench")),
        subject_sealed=keys.subject_sealed,
        language="fr",
        home_shop_id=None,
        enrolled_ms=now_ms,
        email_hash=_email_hash(vault, number),
    )
    card = CardRow(GROUP, f"29{number:011}", f"04{number:012X}", member_id, "active", "", None, None, now_ms)
    return row, card


def _ticket(records: Sequence[SaleRecord], number: int, of_members: int) -> SaleRecord:
    """One of the decided tickets, as another ticket of another member at another time."""
    chance = random.Random(number)
    record = records[number % len(records)]
    sale_id, member_id = f"size-{number}", _member(chance.randrange(of_members))
    occurred_ms = record.occurred_ms - chance.randrange(_YEARS_MS)
    assert record.transaction is not None, "every decided ticket earned"
    lot = record.transaction.new_lots[0]
    head = EntryHead(
        transaction_id=f"{sale_id}/accrual",
        cause_id=sale_id,
        occurred_ms=occurred_ms,
        recorded_ms=record.recorded_ms,
        actor="bench",
        terminal_id=None,
        ruleset_version=record.ruleset_version,
    )
    earned = accrual(
        head,
        member_id=member_id,
        points=lot.amount,
        points_owed=0,
        expires_ms=lot.expires_ms,
        funder=lot.funder,
    )
    return replace(
        record,
        sale_id=sale_id,
        business_key=sale_id,
        member_id=member_id,
        occurred_ms=occurred_ms,
        transaction=earned,
        claimed=NOTHING_CLAIMED,  # each voucher is used once
        line_key=secrets.token_bytes(len(record.line_key)),
        tickets_before=None,
    )


def _member(number: int) -> str:
    return f"m-{number}"


def _email_hash(vault: Vault, number: int) -> bytes | None:
    return vault.lookup_hash(GROUP, "email", email_of(number))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
