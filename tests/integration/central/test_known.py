"""What a worker keeps in memory: changes of other processes count for the next ticket, and wholly."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from central.services.bundle import Services, build_services
from central.services.core.access import Unauthenticated
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from loyalty.limits.known import KNOWN_CHANGES_MAX, KNOWN_TOKEN_MAX_MS
from tests.central_fixture import (
    GROUP,
    PROGRAMME,
    SHAMPOO,
    SHOPS,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_sale,
    database_of,
)
from tests.movable_clock import MovableClock
from wire import api_catalogue

BOTH = ((SUN_CREAM, 1, None), (SHAMPOO, 1, None))
CHANGES = 60


class PriceChanger:
    """`price_changer` as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def change(self, price_minor: int) -> None:
        """Return when the change is acknowledged there."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"%d\n" % price_minor)
        assert await self.said() == str(price_minor)

    async def said(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def _price_changer(folder: Path) -> AsyncIterator[PriceChanger]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.central.price_changer",
        database_of(folder),
        str(folder / "central.secrets"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    changer = PriceChanger(process)
    try:
        assert await changer.said() == "ready"
        yield changer
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def _another_worker(folder: Path) -> AsyncIterator[Services]:
    store = await open_store(database_of(folder))
    try:
        yield build_services(store, await asyncio.to_thread(load_secrets, folder / "central.secrets"))
    finally:
        await store.close()


async def test_a_price_changed_by_another_process_counts_for_the_next_ticket(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    before = await central.post("sales", a_sale(central, BOTH))
    assert [line["amount_minor"] for line in before.body["lines"]] == [1990, 890]

    async with _price_changer(tmp_path) as changer:
        await changer.change(1234)
        after = await central.post("sales", a_sale(central, BOTH))

    assert [line["amount_minor"] for line in after.body["lines"]] == [1234, 1234]


async def test_no_ticket_sees_half_of_a_change(central: CentralUnderTest, tmp_path: Path) -> None:
    seen: list[tuple[int, ...]] = []
    async with _price_changer(tmp_path) as changer:
        await changer.change(1_000)
        changing = asyncio.ensure_future(_change_often(changer))
        while not changing.done():
            bodies = [{"basket": a_basket(lines)} for lines in (BOTH, BOTH[:1], BOTH, BOTH[1:])]
            for answer in await asyncio.gather(*(central.post("quotes", body) for body in bodies)):
                assert answer.status == 200, answer.body
                seen.append(tuple(line["amount_minor"] for line in answer.body["lines"]))
        await changing

    assert all(len(set(prices)) == 1 for prices in seen), "both prices change together or not at all"
    assert len(set(seen)) > 2, "tickets were priced while prices changed"


async def _change_often(changer: PriceChanger) -> None:
    for number in range(CHANGES):
        await changer.change(1_001 + number)


async def test_a_code_that_was_nobodys_is_known_once_an_article_has_it(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    ticket = [("2000000009999", 1, 500)]
    unknown = await central.post("sales", a_sale(central, ticket))
    assert [warning["code"] for warning in unknown.body["warnings"]] == ["unknown_article"]

    async with _another_worker(tmp_path) as other:
        body = api_catalogue.ArticleBody(name="new", article_class="cosmetic", codes=["2000000009999"])
        await other.articles.put_article(central.operator, "new", body)

    assert (await central.post("sales", a_sale(central, ticket))).body["warnings"] == []


async def test_a_programme_published_by_another_worker_counts_for_the_next_ticket(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    assert (await central.post("sales", a_sale(central))).body["points"] == 39
    base = PROGRAMME["rules"][0]  # type: ignore[index]
    double = base | {"effects": [base["effects"][0] | {"points": 2}], "version": 2}

    async with _another_worker(tmp_path) as other:
        programme = json.dumps(PROGRAMME | {"rules": [double]})
        await other.groups.put_group(
            central.operator, name="Lac", country="CH", currency="CHF", programme=programme
        )

    assert (await central.post("sales", a_sale(central))).body["points"] == 79


async def test_a_price_of_the_future_begins_at_its_moment_and_a_late_ticket_keeps_the_old_one(
    tmp_path: Path,
) -> None:
    clock = MovableClock(system_clock())
    async with a_central(tmp_path, clock) as central:
        price = {"price_minor": 2500, "valid_from_ms": clock() + 10_000}
        assert (await central.post("articles/sun-cream/prices", price, token="office")).status == 200
        line = [(SUN_CREAM, 1, None)]
        before = await central.post("sales", a_sale(central, line))
        clock.now_ms += 10_000
        after = await central.post("sales", a_sale(central, line))
        late = await central.post("sales", a_sale(central, line, occurred_ms=clock() - 1))
        again = await central.post("sales", a_sale(central, line))

    assert [answer.body["total_minor"] for answer in (before, after, late, again)] == [1990, 2500, 1990, 2500]


async def test_a_token_revoked_by_another_worker_is_refused_within_a_second(tmp_path: Path) -> None:
    clock = MovableClock(system_clock())
    async with a_central(tmp_path, clock) as central:
        assert (await central.get("group")).status == 200
        async with _another_worker(tmp_path) as other:
            await other.access.revoke_token(central.operator, central.token_ids["terminal"])
        clock.now_ms += KNOWN_TOKEN_MAX_MS

        assert (await central.get("group")).status == 401


async def test_a_token_revoked_here_is_refused_at_once(central: CentralUnderTest) -> None:
    assert (await central.get("group")).status == 200

    await central.services.access.revoke_token(central.operator, central.token_ids["terminal"])

    with pytest.raises(Unauthenticated):
        await central.services.access.authenticate(central.tokens["terminal"])


async def test_a_shop_changed_by_another_worker_has_its_new_zone(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await central.post("sales", a_sale(central))
    body = api_catalogue.ShopBody(name="Lac 1", country="CH", time_zone="Asia/Shanghai")
    async with _another_worker(tmp_path) as other:
        await other.shops.put_shop(central.operator, SHOPS[0], body)

    assert (await central.get(f"shops/{SHOPS[0]}")).body["time_zone"] == "Asia/Shanghai"


async def test_many_changes_at_once_make_a_worker_forget_the_group(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await central.post("sales", a_sale(central, BOTH))
    async with _another_worker(tmp_path) as other:
        articles = [
            (
                f"many-{number}",
                api_catalogue.ArticleBody(name="many", article_class="cosmetic", codes=[f"40{number:06}"]),
            )
            for number in range(KNOWN_CHANGES_MAX)
        ]
        sun_cream = api_catalogue.ArticleBody(
            name="sun-cream", article_class="cosmetic", codes=[SUN_CREAM], price_minor=777
        )
        await other.articles.put_articles(central.operator, [*articles, ("sun-cream", sun_cream)])

    after = await central.post("sales", a_sale(central, BOTH))
    changes = await central.services.store.find_changes(GROUP, 0)
    assert changes.is_all
    assert [line["amount_minor"] for line in after.body["lines"]] == [777, 890]
