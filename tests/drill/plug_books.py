"""The books of a shop whose plug was pulled: proved, every ticket once, every move of points once at most."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import apsw

from central.services.core.access import operator_of
from central.services.ledger.check import check_ledger
from central.storage.addresses import sqlite_path
from central.storage.opening import open_store
from loyalty.ledger.chart import member_points
from tests.central_fixture import GROUP, MEMBER
from tests.drill.plug_place import GIVEN


@dataclass(frozen=True)
class PlugBooks:
    """What the database holds, read without central."""

    business_keys: tuple[str, ...]
    """Of the sales, in the order of their events."""
    sold_points: int
    balance: int
    moved: Mapping[str, tuple[int, int]]
    """By kind of move that takes a member's points: how many, of how many points in all."""
    pins: Mapping[str, int]
    """By kind of act on a member's PIN at the kiosk, how many."""


async def read_books(address: str) -> PlugBooks:
    """Prove the ledger and read. Central must not be running. Raises: AssertionError, in words."""
    store = await open_store(address)
    try:
        report = await check_ledger(store, operator_of(GROUP))
    finally:
        await store.close()
    assert report.is_sound, [finding.text for finding in report.findings]
    return await asyncio.to_thread(_read, address)


def _read(address: str) -> PlugBooks:
    connection = apsw.Connection(str(sqlite_path(address)), flags=apsw.SQLITE_OPEN_READONLY)
    account = member_points(MEMBER)
    try:
        assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
        sales = list(
            connection.execute(
                "SELECT sale.business_key, sale.points FROM event JOIN sale ON sale.group_id = event.group_id"
                " AND sale.sale_id = event.body ->> 'sale_id' WHERE event.kind = 'sale.committed'"
                " ORDER BY event.seq"
            )
        )
        ((recorded,),) = connection.execute("SELECT count(*) FROM sale")
        assert recorded == len(sales), "each sale has one event"
        ((spent,),) = connection.execute(
            "SELECT coalesce(sum(amount), 0) FROM posting WHERE source = ?", (account,)
        )
        moved = connection.execute(
            "SELECT kind, count(*), sum(amount) FROM value_move WHERE member_id = ? GROUP BY kind", (MEMBER,)
        )
        taken = {str(kind): (int(times), int(points)) for kind, times, points in moved}
        assert spent == sum(points for _, points in taken.values()), "points leave by moves alone"
        acts = list(
            connection.execute(
                "SELECT kind, member_id FROM counter_act"
                " WHERE kind LIKE 'pin_%' AND act_id NOT LIKE ? || '%'",
                (GIVEN,),
            )
        )
        assert len(acts) == len(set(acts)), "each member's PIN was looked after once"
        ((balance,),) = connection.execute("SELECT balance FROM account WHERE account = ?", (account,))
    finally:
        connection.close()
    return PlugBooks(
        business_keys=tuple(str(key) for key, _ in sales),
        sold_points=sum(int(points) for _, points in sales),
        balance=int(balance),
        moved=taken,
        pins=Counter(str(kind) for kind, _ in acts),
    )
