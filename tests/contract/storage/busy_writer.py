"""Another process that writes to a database without a pause, as an import beside central does.

Argument: database address. Says `ready` after its first write, and `done` once standard input ended.
"""

import asyncio
import sys

import click

from central.storage.opening import open_store
from loyalty.limits.storage import GROUP_COMMIT_MAX
from tests.contract.storage.factories import NOW_MS, an_article

AT_ONCE = 2 * GROUP_COMMIT_MAX + 20
"""More than share a commit: the next batch waits already when one is written."""
ROWS = 10


async def main(url: str) -> None:
    store = await open_store(url)
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))

    async def write(number: int) -> None:
        count = 0
        while not ended.done():
            rows = [an_article(f"busy-{number}-{row}", brand=str(count)) for row in range(ROWS)]
            await store.put_articles(rows, NOW_MS)
            count += 1
            if count == 1 and number == 0:
                click.echo("ready")

    try:
        await asyncio.gather(*(write(number) for number in range(AT_ONCE)))
    finally:
        await store.close()
    click.echo("done")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
