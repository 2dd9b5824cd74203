"""A small group on disk with its programs as real processes, and the check of its books afterwards."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import apsw
import msgspec

from central.services.access import operator_of
from central.services.bundle import build_services
from central.services.clock import system_clock
from central.services.ledger_check import check_ledger
from central.settings import load_secrets
from central.storage.opening import open_store
from loyalty.ledger.chart import member_points
from tests.central_fixture import GROUP, SHOPS, seed
from tools.demo.stack import Stack, StackPlan, short_directory
from wire import api

MEMBERS = 8


@dataclass(frozen=True)
class Holder:
    """A member and their card."""

    member_id: str
    card: str
    uid: str


HOLDERS = tuple(
    Holder(member_id=f"m-drill-{number}", card=f"29100000000{number:02}", uid=f"04D0D0D0D0{number:04X}")
    for number in range(MEMBERS)
)


@dataclass(frozen=True)
class Place:
    """The stack (nothing of it runs yet) and the tokens of its terminal and its office."""

    stack: Stack
    token: str
    office: str

    async def points_of(self, holder: Holder) -> int:
        """A balance as central tells it."""
        url = f"{self.stack.central_url}/api/v1/members/{holder.member_id}/balance"
        headers = {"Authorization": f"Bearer {self.office}"}
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as response:
            content = await response.read()
            assert response.status == 200, content
            return msgspec.json.decode(content, type=api.BalanceView).points


@asynccontextmanager
async def a_place(state: Path) -> AsyncIterator[Place]:
    """Make the group of `tests.central_fixture` with eight more members in `state`; stop all at the end."""
    await asyncio.to_thread(state.mkdir, exist_ok=True)
    store = await open_store(f"sqlite:///{state / 'central.db'}")
    try:
        keys = await asyncio.to_thread(load_secrets, state / "central.keys")
        services = build_services(store, keys, system_clock)
        operator = await seed(services)
        for holder in HOLDERS:
            body = api.MemberBody(member_id=holder.member_id, family_name="Drill")
            await services.members.enrol(operator, body)
            card = api.CardBody(card_number=holder.card, uid=holder.uid, member_id=holder.member_id)
            await services.cards.put_card(operator, card)
        terminal = await services.access.issue_token(
            operator, role="terminal", label="T1", shop_id=SHOPS[0], terminal_id="t-1"
        )
        office = await services.access.issue_token(operator, role="office", label="head office")
    finally:
        await store.close()
    token_file = state / "terminal.token"
    token_file.write_text(terminal.token, encoding="ascii")
    with short_directory() as sockets:
        stack = Stack(StackPlan(state=state, sockets=sockets, terminal_token_file=token_file))
        try:
            yield Place(stack=stack, token=terminal.token, office=office.token)
        finally:
            await stack.stop()


@dataclass(frozen=True)
class Books:
    """What the database holds of the group, read from the file itself."""

    sales: dict[str, int]
    """Points by sale id, in the order of their events."""
    business_keys: tuple[str, ...]
    """Of the sales, in the same order."""
    returns: dict[str, int]
    """Points taken back by return id."""
    balances: dict[str, int]
    """Points by member id, as stored."""
    lines: int


async def sound_books(database: Path) -> Books:
    """Check the ledger (invariants 1, 3, 5, 7) and read the books. Central must not be running.

    Raises: AssertionError: a difference, in words.
    """
    store = await open_store(f"sqlite:///{database}")
    try:
        report = await check_ledger(store, operator_of(GROUP))
    finally:
        await store.close()
    assert report.is_sound, [finding.text for finding in report.findings]
    return await asyncio.to_thread(_read_books, database)


async def findings_of_a_tampered_copy(database: Path, copy: Path) -> list[str]:
    """Codes of what the audit finds in a copy whose journal has one posting altered in the middle."""
    await asyncio.to_thread(_tamper, database, copy)
    store = await open_store(f"sqlite:///{copy}")
    try:
        report = await check_ledger(store, operator_of(GROUP))
    finally:
        await store.close()
    return [finding.code.value for finding in report.findings]


def _tamper(database: Path, copy: Path) -> None:
    connection = apsw.Connection(str(database))
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    connection = apsw.Connection(str(copy))
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(
        "UPDATE posting SET amount = amount + 1 WHERE posting_no = (SELECT min(posting_no) FROM posting)"
        " AND journal_seq = (SELECT max(journal_seq) / 2 FROM ledger_transaction)"
    )
    assert connection.changes() == 1
    connection.close()


def _read_books(database: Path) -> Books:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return _books_of(lambda sql, *bindings: list(connection.execute(sql, bindings)))
    finally:
        connection.close()


def _books_of(rows: Callable[..., list[tuple[Any, ...]]]) -> Books:
    assert rows("PRAGMA integrity_check") == [("ok",)]
    assert rows("PRAGMA foreign_key_check") == []
    sales = rows(
        "SELECT sale.sale_id, sale.points, sale.business_key FROM event JOIN sale"
        " ON sale.group_id = event.group_id AND sale.sale_id = event.body ->> 'sale_id'"
        " WHERE event.kind = 'sale.committed' AND event.group_id = ? ORDER BY event.seq",
        GROUP,
    )
    assert rows("SELECT count(*) FROM sale") == [(len({row[0] for row in sales}),)], (
        "every sale has its event"
    )
    assert len(sales) == len({row[0] for row in sales}), "no sale has two events"
    events = [seq for (seq,) in rows("SELECT seq FROM event WHERE group_id = ? ORDER BY seq", GROUP)]
    assert events == list(range(1, len(events) + 1)), "the numbers of events have no gap"
    returns = rows("SELECT return_id, points FROM sale_return")
    with_points = [row for row in (*sales, *returns) if row[1] > 0]
    ((entries,),) = rows("SELECT count(*) FROM ledger_transaction")
    assert entries == len(with_points), "one ledger transaction for each sale and return with points"
    ((lines,),) = rows("SELECT count(*) FROM line_store_line")
    stored = dict(rows("SELECT account, balance FROM account"))
    return Books(
        sales={sale_id: points for sale_id, points, _ in sales},
        business_keys=tuple(key for *_, key in sales),
        returns=dict(returns),
        balances={holder.member_id: stored.get(member_points(holder.member_id), 0) for holder in HOLDERS},
        lines=lines,
    )
