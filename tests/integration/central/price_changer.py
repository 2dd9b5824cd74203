"""Another worker on the same database: changes two prices together, as often as it is told.

python -m tests.integration.central.price_changer DATABASE SECRETS   (numbers on standard input, one a line)
"""

import asyncio
import sys
from pathlib import Path

from central.services.bundle import build_services
from central.services.core.access import operator_of
from central.settings import load_secrets
from central.storage.opening import open_store
from tests.central_fixture import GROUP, SHAMPOO, SUN_CREAM
from wire import api_catalogue


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def change_prices(database: str, secrets: Path) -> None:
    """Both articles cost what the number says, by one transaction."""
    store = await open_store(database)
    services = build_services(store, load_secrets(secrets))
    _say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        price = int(line)
        articles = [
            (
                name,
                api_catalogue.ArticleBody(
                    name=name, article_class="cosmetic", codes=[code], price_minor=price
                ),
            )
            for name, code in (("sun-cream", SUN_CREAM), ("shampoo", SHAMPOO))
        ]
        await services.articles.put_articles(operator_of(GROUP), articles)
        _say(price)
    await store.close()


if __name__ == "__main__":
    asyncio.run(change_prices(sys.argv[1], Path(sys.argv[2])))
