"""A merge decided on what stands, for tests of the store; and a program to be killed while it merges.

Arguments of the program: database address, first number. It prints each merge once it is acknowledged.
"""

import asyncio
import sys
from dataclasses import replace
from hashlib import sha256
from itertools import count

import click
import structlog

from central.storage.base import Store
from central.storage.interface.merges import AloneMax, Joined, MergeRow
from central.storage.opening import open_store
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.lots import Lot
from loyalty.ledger.merge import Held, merge, moved_lots
from tests.contract.storage.factories import MEMBER, NOW_MS, G, a_line, a_member, a_sale, furnish, head_of

ANYTHING = AloneMax(0, 10_000_000, 10_000_000)


def a_merge(merge_id: str, duplicate_id: str, survivor_id: str = MEMBER, **fields: object) -> MergeRow:
    row = MergeRow(
        group_id=G,
        merge_id=merge_id,
        survivor_id=survivor_id,
        duplicate_id=duplicate_id,
        reason="One person",
        state="done",
        points=0,
        value_minor=0,
        input_hash=sha256(merge_id.encode()).digest(),
        requested_by="office",
        requested_ms=NOW_MS,
    )
    return replace(row, **fields)  # type: ignore[arg-type]


async def decide_joined(store: Store, row: MergeRow) -> Joined:
    """What a service decides, with keys that are only names."""
    read = await store.read_merge(G, row.survivor_id, row.duplicate_id)
    assert read.survivor is not None
    assert read.duplicate is not None
    held = [
        Held(
            Lot(
                each.lot_id,
                each.account,
                each.amount,
                each.remaining,
                each.expires_ms,
                each.held - read.leased.get(each.lot_id, 0),
                each.source_id,
                each.funder,
            ),
            parse_asset(each.asset),
            each.matures_ms,
            each.awaits,
        )
        for each in read.value.lots
    ]
    transaction = merge(
        head_of(row.merge_id, row.merge_id),
        duplicate_id=row.duplicate_id,
        survivor_id=row.survivor_id,
        held=held,
        points_owed=sum(-each.balance for each in read.value.accounts if each.balance < 0),
    )
    return Joined(
        survivor=replace(read.survivor, person_sealed=f"person {row.merge_id}".encode()),
        survivor_before=read.survivor,
        duplicate_before=read.duplicate,
        merged_key=f"key of {row.duplicate_id}".encode(),
        former_keys=tuple((each.member_id, f"again {each.member_id}".encode()) for each in read.former),
        transaction=transaction,
        lots=tuple(moved_lots(transaction).items()),
        sealed=None,
        survivor_sealed_before=None,
    )


async def main(url: str, first: int) -> None:
    store = await open_store(url)
    await furnish(store)
    for number in count(first):
        twin = f"twin-{number}"
        await store.enrol_member(a_member(twin), None)
        await store.record_sale(a_sale(f"sale-{number}", lines=[a_line(points=7)], member_id=twin))
        row = a_merge(f"merge-{number}", twin)
        await store.put_merge(row, await decide_joined(store, row), ANYTHING)
        click.echo(str(number))


if __name__ == "__main__":
    # On standard output stand numbers alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
