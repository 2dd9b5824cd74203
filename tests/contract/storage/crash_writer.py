"""A program to be killed: records sales without end, and prints each id once it is acknowledged.

Arguments: database address, first sale number.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from typing import TypeVar

import click
import structlog

from central.storage.base import StoreBusy, StoreFailed
from central.storage.opening import open_store
from tests.contract.storage.factories import a_line, a_sale, decide_return, furnish

WRITERS = 16
AGAIN_S = 0.02

T = TypeVar("T")


async def insist(call: Callable[[], Awaitable[T]]) -> T:
    """The same again until the store has an answer, as a till does: its database may be away for a moment."""
    while True:
        try:
            return await call()
        except (StoreFailed, StoreBusy):
            await asyncio.sleep(AGAIN_S)


async def main(url: str, first: int) -> None:
    store = await open_store(url)
    await furnish(store)
    numbers = count(first)

    async def write() -> None:
        for number in numbers:
            sale = a_sale(f"sale-{number}", lines=[a_line(quantity=3, points=10), a_line(2, points=1)])
            await insist(partial(store.record_sale, sale))
            click.echo(sale.sale_id)
            if number % 5 == 0:
                returned = await insist(partial(decide_return, store, f"ret-{number}", sale, 1, 2))
                await insist(partial(store.record_return, returned))
                click.echo(returned.return_id)

    await asyncio.gather(*(write() for _ in range(WRITERS)))


if __name__ == "__main__":
    # On standard output stand ids alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
