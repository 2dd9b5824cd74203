"""Somebody wants to be forgotten: perhaps while they buy, owe, or hold what they paid for."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Basket, by_uid
from tools.simulation.acts_edges import Edges
from tools.simulation.acts_stored import Stored
from tools.simulation.client import Client
from tools.simulation.fold import need
from tools.simulation.promises import Op

NO_CARD: Final = frozenset({"blocked_card"})
"""What a card that leads to nobody is refused with."""


class Leaving(Edges, Stored):
    """The office and the counters, with one who goes."""

    async def leave(self) -> None:
        """They buy, bring back, owe, fill their purse; then they are forgotten, and come again."""
        rng, client, person = self._rng, self._client(), it.LEAVER
        ways = (self._buys, self._thanks, self._owes, self._gives, self._fills, self._reserves)
        if not self._is_gone():
            for way in rng.choices(ways, (6, 2, 3, 3, 1, 1), k=rng.randint(1, 4)):
                await way(client, person)
        if rng.random() < 0.25:
            return
        acting = [(self._office(), self._erasing(person))]
        if self._does("at once", 0.5):
            acting += [(self._client(), op) for op in self._besides(person)]
        await self._at_once(*acting)
        if self._is_gone():
            await self._come_again(client, person)

    def _is_gone(self) -> bool:
        return it.LEAVER.member_id in self._world.books.state.erased

    def _erasing(self, person: it.Person) -> Op:
        """Now and then what was paid for is given up."""
        asked, member_id, does_confirm = self._world.asked.leaving, person.member_id, self._rng.random() < 0.5
        asked[member_id] = asked.get(member_id, False) or does_confirm
        path, body = f"/members/{member_id}/erasure", {"confirm_value": does_confirm}
        op = self._op("erasure", self._new_id("erasure"), "office", path, body)
        since, state = self._world.books.commits, self._world.books.state

        def judge(code: str) -> bool:
            if code == "member_is_paying":
                return state.last_held.get(member_id, -1) >= since
            stood = {balance for _, balance in state.stored_since(it.purse_of(member_id), since)}
            return code == "stored_value_left" and not does_confirm and max(stood) > 0

        op.judge = judge
        return op

    def _besides(self, person: it.Person) -> list[Op]:
        """What they do in the same moment."""
        rng, client = self._rng, self._client()
        acts: list[Callable[[], Op]] = [
            lambda: self._buying(client, person),
            lambda: self._its(self._goodwill(client.name, person, rng.randint(1, 30))),
            lambda: self._its(self._donate(client, person, max(1, self._free(person)))),
            lambda: self._its(self._top_up(client.name, person, rng.randint(1, 2_000))),
        ]
        return [rng.choice(acts)() for _ in range(rng.randint(1, 2))]

    async def _buys(self, client: Client, person: it.Person) -> None:
        op = self._buying(client, person)
        await client.drive(op, TRIES)
        await self._again(op)

    def _buying(self, client: Client, person: it.Person) -> Op:
        """Its moment is always told: what was coarsened is put back by it."""
        op, _ = self._sale(Basket(self._few_lines()), person, shop=client.name, occurred_ms=self._now_ms())
        return self._its(op)

    def _its(self, op: Op) -> Op:
        """An act of somebody who may be gone when it arrives."""
        judge = op.judge
        op.judge = lambda code: judge(code) or (code in NO_CARD and self._is_gone())
        return op

    async def _thanks(self, client: Client, person: it.Person) -> None:
        op = self._its(self._goodwill(client.name, person, self._rng.randint(1, 30)))
        await client.drive(op, TRIES)

    async def _gives(self, client: Client, person: it.Person) -> None:
        op = self._its(self._donate(client, person, self._much(person, 100)))
        await client.drive(op, TRIES)

    async def _fills(self, client: Client, person: it.Person) -> None:
        op = self._its(self._top_up(client.name, person, self._rng.randint(1, 3_000)))
        await client.drive(op, TRIES)

    async def _owes(self, client: Client, person: it.Person) -> None:
        """All is given away, then goods come back."""
        rng = self._rng
        lines = (it.Line(1, it.SHAMPOO, 3, rng.randint(10, 90) * it.PER_MINOR),)
        op, ticket = self._sale(Basket(lines), person, shop=client.name, occurred_ms=self._now_ms())
        if not await client.drive(self._its(op), TRIES):
            return
        if (free := self._free(person)) > 0:
            await client.drive(self._its(self._donate(client, person, free)), TRIES)
        back = self._its(self._return(client.name, op.op_id, ticket, ((1, rng.randint(1, 3)),)))
        await client.drive(back, TRIES)

    async def _reserves(self, client: Client, person: it.Person) -> None:
        """Points wait for a ticket that never comes: until then nobody is forgotten."""
        if self._is_gone():
            return
        basket = Basket((it.Line(1, it.SUN_CREAM, 1, 5_000),))
        found = await self._quote(client, basket, person)
        if found is None:
            return
        view, promised = found
        op = self._its(self._reserve(client, basket, person, view, promised, it.STEP_POINTS))
        await client.drive(op, TRIES)

    async def _come_again(self, client: Client, person: it.Person) -> None:
        """With the old card, the old ticket, the old goods: nothing leads to them any more."""
        rng, state = self._rng, self._world.books.state
        tickets = [sold for sold in state.sold.values() if sold.ticket.member_id == person.member_id]
        sold = rng.choice(tickets)
        sale_id = sold.row["sale_id"]
        now_ms = self._now_ms()
        buying, _ = self._sale(Basket(self._few_lines()), person, shop=client.name, occurred_ms=now_ms + 1)
        buying = self._its(buying)
        buying.must_refuse = True
        await client.drive(buying, TRIES)
        back = self._return(client.name, sale_id, sold.ticket, ((1, 1),))
        back.must_refuse = True
        await client.drive(back, TRIES)
        for op in self._world.promises.ops:
            if op.op_id == sale_id and op.state == "done":
                await client.drive(op, 2)
        await self._look_for(person, sale_id)
        await asyncio.sleep(rng.random())

    async def _look_for(self, person: it.Person, sale_id: str) -> None:
        """Neither card nor ticket tells of them."""
        answer = await self._client().ask("POST", "/identify", {"evidence": by_uid(person)}, "t-1")
        if answer is not None and answer.status == 200:
            view = msgspec.json.decode(answer.body)
            need(view.get("profile") is None, "10 erasure", "a card tells of who is forgotten", view)
        answer = await self._office().ask("GET", f"/sales/{sale_id}", None, "office")
        if answer is not None and answer.status == 200:
            view = msgspec.json.decode(answer.body)
            need(not view["lines"], "10 erasure", "lines of who is forgotten are read", sale_id, view)
