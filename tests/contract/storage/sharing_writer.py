"""One of several processes on one database: sells its own sales and shared ones; tells `new` or `replay`.

Arguments: database address, number of this process, how many of its own, how many shared.
"""

import asyncio
import sys

import click

from central.storage.opening import open_store
from tests.contract.storage.factories import a_sale


async def main(url: str, number: int, own: int, shared: int) -> None:
    store = await open_store(url)
    ids = [f"own-{number}-{n}" for n in range(own)] + [f"shared-{n}" for n in range(shared)]
    try:
        for outcome in await asyncio.gather(*(store.record_sale(a_sale(each)) for each in ids)):
            click.echo("replay" if outcome.is_replay else "new")
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
