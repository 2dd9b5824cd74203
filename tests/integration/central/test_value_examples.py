"""Each worked example of docs/value.md, done through the API: the postings are those that the page shows."""

import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from central.storage.interface.rows import JournalRow
from loyalty.money import format_minor
from tests.central_fixture import (
    GROUP,
    SHAMPOO,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_uid,
)
from tests.helpers import shops_day
from tests.integration.central.stored import (
    CREAM,
    FOOD,
    PARIS,
    a_french_group,
    activate,
    in_euros,
    make_card,
    sound,
    trust,
)
from tests.movable_clock import MovableClock
from wire import api_parties

PAGE = (Path(__file__).parents[3] / "docs/value.md").read_text()
TERMINALS = {"lac-1": "terminal", "lac-2": "terminal_2", "paris-1": "paris"}
DAY_MS = 86_400_000


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def minor(text: str) -> int:
    return int(text.replace(".", ""))


def shown(row: JournalRow) -> list[str]:
    """A transaction's postings as the page writes them."""
    return [
        f"{each.source} -> {each.target}: {format_minor(each.amount, each.asset.scale)} {each.asset.code}"
        for each in row.transaction.postings
    ]


class Teller:
    """Does what the sentences of an example say."""

    def __init__(self, central: CentralUnderTest) -> None:
        self.central = central
        self.group = GROUP
        self.numbers: dict[str, str] = {}
        self.sale: dict[str, Any] = {}
        self.acts = 0
        self.steps = [
            (r"in France", self.in_france),
            (r"gift card (\w+) is sold for ([\d.]+) in (\S+)", self.sell_card),
            (r"(\S+) buys (\d+) units? for ([\d.]+) in (\S+), paid by (.+)", self.buy),
            (r"(\d+) units? comes? back in (\S+)", self.give_units_back),
            (r"gift card (\w+) is blocked and replaced by (\w+)", self.replace),
            (r"batch (\w+) of (\d+) prizes of ([\d.]+), paid by (\S+), is activated", self.batch),
            (r"(\d+) days pass and what is due expires", self.wait),
            (r"(\S+) pays ([\d.]+) into the purse in (\S+)", self.top_up),
            (r"(\S+) loads ([\d.]+) of meal vouchers for (\S+), good for (\d+) days", self.load),
            (r"(\S+) buys food for ([\d.]+) and cream for ([\d.]+) in (\S+), paid by (.+)", self.eat),
            (r"the (food|cream) comes back in (\S+)", self.give_line_back),
            (r"(\S+) buys ([\d.]+) hours? of (\w+) in (\S+)", self.sell_hours),
            (r"(\S+) takes ([\d.]+) hours? of (\w+) in (\S+)", self.draw_hours),
        ]

    def new_id(self) -> str:
        """Ids in the order of the steps: lots that expire together are taken by their ids."""
        self.acts += 1
        return f"act-{self.acts:03}"

    async def do(self, sentence: str) -> None:
        for pattern, step in self.steps:
            if match := re.fullmatch(pattern, sentence):
                await step(*match.groups())
                return
        raise AssertionError(f"no step says: {sentence}")

    async def post(self, shop: str, path: str, body: object) -> Any:
        answer = await self.central.post(path, body, token=TERMINALS.get(shop, shop))
        assert answer.status == 200, answer.body
        return answer.body

    async def in_france(self) -> None:
        await a_french_group(self.central)
        self.group = PARIS

    async def sell_card(self, card: str, amount: str, shop: str) -> None:
        self.numbers[card] = (await make_card(self.central, card))["number"]
        sold = await activate(
            self.central,
            self.numbers[card],
            minor(amount),
            token=TERMINALS[shop],
            activation_id=self.new_id(),
        )
        assert sold.status == 200

    def tenders(self, text: str) -> list[dict[str, Any]]:
        found = []
        for kind, card, amount in re.findall(r"(purse|meal vouchers|gift card (\S+)) ([\d.]+)", text):
            body = {"kind": "gift_card" if card else kind.replace(" ", "_"), "amount_minor": minor(amount)}
            found.append(body | ({"number": self.numbers[card]} if card else {}))
        return found

    async def buy(self, who: str, units: str, amount: str, shop: str, tenders: str) -> None:
        holder = {} if who == "somebody" else by_uid()
        lines = [(SHAMPOO, int(units), minor(amount))]
        self.sale = a_sale(self.central, lines, holder) | {"tenders": self.tenders(tenders)}
        await self.post(shop, "sales", self.sale)

    async def eat(self, who: str, food: str, cream: str, shop: str, tenders: str) -> None:
        assert who == "m-dora"
        lines = [(FOOD, 1, minor(food)), (CREAM, 1, minor(cream))]
        self.sale = in_euros(self.central, lines, *self.tenders(tenders))
        await self.post(shop, "sales", self.sale)

    async def give_units_back(self, units: str, shop: str) -> None:
        body = a_return(self.central, [(1, int(units))])
        await self.post(shop, f"sales/{self.sale['sale_id']}/returns", body)

    async def give_line_back(self, what: str, shop: str) -> None:
        body = a_return(self.central, [(1 if what == "food" else 2, 1)])
        await self.post(shop, f"sales/{self.sale['sale_id']}/returns", body)

    async def replace(self, old: str, new: str) -> None:
        await self.post(
            "lac-1", "gift-cards/blocks", {"block_id": self.new_id(), "reason": "lost", "gift_card_id": old}
        )
        body = {"replacement_id": self.new_id(), "gift_card_id": old, "new_gift_card_id": new}
        done = await self.post("office", "gift-cards/replacements", body)
        self.numbers[new] = done["card"]["number"]

    async def batch(self, batch: str, cards: str, amount: str, funder: str) -> None:
        kind, _, party_id = funder.partition("/")
        party = api_parties.PartyBody(name=party_id)
        await self.central.services.parties.put(self.central.operator, kind, party_id, party)
        body = {
            "batch_id": batch,
            "cards": int(cards),
            "amount_minor": minor(amount),
            "purpose": "prizes",
            "funder": funder,
        }
        await self.post("office", "gift-batches", body)
        file = await self.post("office", f"gift-batches/{batch}/file", {"handout_id": self.new_id()})
        self.numbers |= {card["gift_card_id"]: card["number"] for card in file["cards"]}
        await self.post("office", f"gift-batches/{batch}/activation", {"activation_id": self.new_id()})

    async def wait(self, days: str) -> None:
        assert isinstance(self.central.clock, MovableClock)
        self.central.clock.now_ms += int(days) * DAY_MS
        await self.central.services.upkeep.expire(self.group, self.new_id())

    async def top_up(self, who: str, amount: str, shop: str) -> None:
        assert who == "m-anne"
        body = {"top_up_id": self.new_id(), "holder": by_uid(), "amount_minor": minor(amount)}
        await self.post(shop, "purses/top-ups", body)

    async def load(self, funder: str, amount: str, who: str, days: str) -> None:
        today = shops_day(self.central.clock())
        body = {
            "load_id": self.new_id(),
            "member_id": who,
            "amount_minor": minor(amount),
            "funder": funder,
            "last_day": (today + timedelta(days=int(days))).isoformat(),
        }
        await self.post("siege", "meal-vouchers", body)

    async def sell_hours(self, who: str, hours: str, service: str, shop: str) -> None:
        assert who == "m-anne"
        body = {"sale_id": self.new_id(), "holder": by_uid(), "service_id": service, "units": minor(hours)}
        await self.post(shop, "services/sales", body)

    async def draw_hours(self, who: str, hours: str, service: str, shop: str) -> None:
        assert who == "m-anne"
        body = {"draw_id": self.new_id(), "holder": by_uid(), "service_id": service, "units": minor(hours)}
        await self.post(shop, "services/draws", body)


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        await trust(running, prize_expiry={"policy": "months", "months": 6})
        yield running


async def journal(central: CentralUnderTest, group: str, after: int = 0) -> list[JournalRow]:
    return list(await central.services.store.list_journal(group, after, 200))


@pytest.mark.parametrize("example", blocks("value"), ids=lambda text: text.split("\n")[0][2:40])
async def test_an_example_of_the_page_posts_what_the_page_shows(
    central: CentralUnderTest, example: str
) -> None:
    teller = Teller(central)
    steps = [step.strip().split("\n") for step in f"\n{example}".split("\n> ")[1:]]
    assert steps
    for sentence, *expected in steps:
        before = await journal(central, teller.group)
        await teller.do(sentence)
        rows = await journal(central, teller.group, before[-1].seq if before else 0)
        assert [line for row in rows for line in shown(row)] == expected, sentence
    assert await sound(central, teller.group)


async def owed(central: CentralUnderTest, rows: Iterable[JournalRow]) -> list[str]:
    """Who owes whom, transaction by transaction, as the page says to reckon it: from the ledger alone."""
    lots = {lot.lot_id: lot for lot in await central.services.store.list_lots(GROUP, "", 200)}
    found: list[str] = []
    for row in rows:
        transaction = row.transaction
        moved: dict[tuple[str, str], int] = defaultdict(int)
        shops = {
            account.rpartition("/")[0]
            for posting in transaction.postings
            for account in (posting.source, posting.target)
            if account.endswith("/value_redeemed")
        }
        if not shops:
            continue
        (shop,) = shops
        for change in transaction.lot_changes:
            moved[lots[change.lot_id].funder, shop] += change.amount
        for change in (*transaction.lot_restores, *transaction.new_lots):
            moved[shop, lots[change.lot_id].funder] += change.amount
        asset = transaction.postings[0].asset
        found += [
            f"{debtor} owes {creditor}: {format_minor(amount, asset.scale)} {asset.code}"
            for (debtor, creditor), amount in moved.items()
        ]
    return found


@pytest.mark.parametrize("example", blocks("clearing"))
async def test_the_clearing_of_the_page_falls_out_of_the_ledger(
    central: CentralUnderTest, example: str
) -> None:
    teller = Teller(central)
    lines = example.strip().split("\n")
    for line in lines:
        if line.startswith("> "):
            await teller.do(line[2:])
    expected = [line for line in lines if not line.startswith("> ")]
    assert await owed(central, await journal(central, GROUP)) == expected
