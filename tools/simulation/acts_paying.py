"""Tickets that tills tell in parts: prices promised, gift cards that pay, undone, reported, or left alone."""

import asyncio

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES
from tools.simulation.acts_stored import Stored
from tools.simulation.paying_till import PayingTill
from tools.simulation.under_way import UnderWay


class Paying(Stored):
    """At the tills."""

    async def pay_at_till(self) -> None:
        """One or two cards pay a ticket; sometimes two tills want the same card at once."""
        rng, cards = self._rng, sorted(self._world.promises.cards)
        if not cards:
            await self.sell_card()
            return
        some = rng.sample(cards, min(len(cards), rng.choice((1, 1, 2))))
        tills = [rng.choice(self._world.tills)]
        if self._does("rivals", 0.25):
            tills = list(self._world.tills)
        await asyncio.gather(*(self._pay_in_parts(till, some) for till in tills))

    async def _pay_in_parts(self, till: PayingTill, cards: list[str]) -> None:
        person = self._person() if self._does("rebates", 0.4) else None
        under_way = till.begin(self._lines(), person)
        if person is not None:
            await till.rebate(under_way, TRIES)
            if not under_way.holds:
                return
        total = sum(line.amount_minor for line in under_way.ticket.lines)
        for card_id in cards:
            amount = self._part_of(it.card_of(card_id), total // len(cards) + 20)
            number = self._world.promises.cards[card_id]
            part = await till.pay(under_way, card_id, number, amount, TRIES)
            if part.state == "told" and self._does("undoes", 0.2):
                await till.undo(part, TRIES)
        await self._end(till, under_way)

    async def _end(self, till: PayingTill, under_way: UnderWay) -> None:
        """The ticket is paid at once or after a while, reported or never again; or all is undone."""
        rng = self._rng
        if self._does("undoes", 0.15):
            for part in under_way.parts:
                if part.state == "told" and part.card_id:
                    await till.undo(part, TRIES)
        if self._does("pays late", 0.25):
            self._world.around.slept_ms += rng.choice((1, 11, 13, 16, 40)) * 60_000
            await asyncio.sleep(rng.random() * 20)
        if not under_way.holds or self._does("never pays", 0.15):
            return
        await till.drive(till.paid(under_way), TRIES)
