"""Two records of one person become one, while that person buys, brings back, or somebody decides."""

from collections.abc import Callable
from typing import Final

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Basket
from tools.simulation.acts_edges import Edges
from tools.simulation.asked import Merge
from tools.simulation.client import Client
from tools.simulation.fold import Sold, need
from tools.simulation.promises import Op

GENEROUS: Final = 20


class Merges(Edges):
    """At head office, and at the counters in the same moment."""

    async def merge(self) -> None:
        """Somebody's second record is merged; its card, its tickets and its debts go on with the other."""
        rng, office = self._rng, self._office()
        if it.SECOND.member_id in self._world.books.state.merged:
            await self._go_on_as_one()
            return
        survivor = rng.choice(it.PEOPLE[:-1])
        if rng.random() < 0.6:
            await self._live_twice()
        if rng.random() < 0.35:  # both use what one person may have once a day
            for person in (it.SECOND, survivor):
                lines = (it.Line(1, it.TEA, 1, rng.randint(400, 4_000)),)
                op, _ = self._sale(Basket(lines), person, shop="desk-1")
                await self._world.clients[0].drive(op, TRIES)
        by = rng.choice(("office", "second"))
        op = self._merging(survivor, by)
        acting: list[tuple[Client, Op]] = [(office, op)]
        if self._does("at once", 0.5):
            acting += self._meanwhile(survivor)
        rng.shuffle(acting)
        await self._at_once(*acting)
        await self._again(op)
        if op.state == "done" and self._world.books.state.merges[op.op_id]["state"] == "pending":
            await self._decide_merge(op, by, survivor)
        if it.SECOND.member_id in self._world.books.state.merged:
            await self._go_on_as_one()

    async def _live_twice(self) -> None:
        """What the two records have by then: tickets, debts, points spent, a purse."""
        rng, client = self._rng, self._client()
        for _ in range(rng.randint(1, 3)):
            person = it.SECOND if rng.random() < 0.7 else self._person()
            how = rng.randrange(4)
            if how == 0:
                await self._buy(client, person)
            elif how == 1:
                await self._spend_all(client, person)
            elif how == 2:
                await client.drive(self._goodwill(client.name, person, rng.randint(1, GENEROUS)), TRIES)
            else:
                op, ticket = self._sale(Basket(self._few_lines()), person, shop=client.name)
                if not await client.drive(op, TRIES) or op.told is None:
                    continue
                if rng.random() < 0.5:
                    await self._spend_all(client, person)
                    await self._bring_some(client, op, ticket)
                elif rng.random() < 0.5:  # or its points expire before the two become one
                    await self._sleep_past(person, self._world.books.state.sold[op.told["sale_id"]])

    async def _bring_some(self, client: Client, sale: Op, ticket: it.Ticket) -> None:
        assert sale.told is not None
        line = self._rng.choice(ticket.lines)
        units = ((line.line_no, self._rng.randint(1, line.quantity)),)
        await client.drive(self._return(client.name, sale.told["sale_id"], ticket, units), TRIES)

    def _meanwhile(self, survivor: it.Person) -> list[tuple[Client, Op]]:
        """What happens in the same moment."""
        acting: list[tuple[Client, Op]] = []
        for _ in range(self._rng.randint(1, 2)):
            client = self._client()
            person = it.SECOND if self._rng.random() < 0.7 else survivor
            if self._rng.random() < 0.6 or not self._tickets_of(person):
                acting.append((client, self._sale(Basket(self._few_lines()), person, shop=client.name)[0]))
                continue
            sold = self._rng.choice(self._tickets_of(person))
            line = self._rng.choice(sold.ticket.lines)
            back = self._return(client.name, sold.row["sale_id"], sold.ticket, ((line.line_no, 1),))
            acting.append((client, back))
        return acting

    def _tickets_of(self, person: it.Person) -> list[Sold]:
        state = self._world.books.state
        return [sold for sold in state.sold.values() if state.of_one(sold.ticket.member_id, person.member_id)]

    def _merging(self, survivor: it.Person, by: str) -> Op:
        merge_id = self._new_id("merge")
        duplicate_id = it.SECOND.member_id
        asked = Merge(survivor_id=survivor.member_id, duplicate_id=duplicate_id, by=self._id_of(by))
        self._world.asked.merges[merge_id] = asked
        body = {"merge_id": merge_id, "duplicate_id": duplicate_id, "reason": "one address"}
        op = self._op("merge", merge_id, by, f"/members/{survivor.member_id}/merge", body)
        op.judge = self._judge_merge(survivor)
        return op

    def _id_of(self, token: str) -> str:
        return self._world.token_ids[token]

    def _judge_merge(self, survivor: it.Person) -> Callable[[str], bool]:
        since = self._world.books.commits

        def judge(code: str) -> bool:
            state, one = self._world.books.state, it.SECOND.member_id
            if code == "member_merged":
                return one in state.merged
            if code == "merge_waits":
                return any(waited >= since for waited in state.merges_waited.values())
            if code == "purses_together_too_full":
                mine = max(balance for _, balance in state.stored_since(it.purse_of(one), since))
                theirs = {b for _, b in state.stored_since(it.purse_of(survivor.member_id), since)}
                return mine + max(theirs) > it.PURSE_MAX_MINOR
            return code == "member_is_paying" and state.last_held.get(one, -1) >= since

        return judge

    async def _decide_merge(self, asked: Op, by: str, survivor: it.Person) -> None:
        """A second person decides, or the same one tries; perhaps while the duplicate buys."""
        rng = self._rng
        judge = by if rng.random() < 0.2 else ("second" if by == "office" else "office")
        path = f"/merges/{asked.op_id}/decision"
        words = (True, False) if rng.random() < 0.25 else (rng.random() < 0.85,)
        acting: list[tuple[Client, Op]] = []
        for word in words:
            may = frozenset({"second_person_needed"}) if judge == by else frozenset[str]()
            op = self._op("merge_decision", f"{asked.op_id}-{word}", judge, path, {"approve": word}, may)
            op.must_refuse = judge == by
            op.judge = self._judge_merge_decision(asked, word, survivor)
            acting.append((self._office(), op))
        if self._does("at once", 0.4):
            acting += self._meanwhile(survivor)
        await self._at_once(*acting)
        done = [op for _, op in acting if op.kind == "merge_decision" and op.state == "done"]
        need(len(done) <= 1, "3 duplicate", "yes and no were both taken:", asked.op_id)

    def _judge_merge_decision(self, asked: Op, word: bool, survivor: it.Person) -> Callable[[str], bool]:
        judged = self._judge_merge(survivor)

        def judge(code: str) -> bool:
            row = self._world.books.state.merges[asked.op_id]
            if code == "merge_decided":
                by_nobody = row["state"] == "refused" and row["decided_by"] is None  # another merge ended it
                return by_nobody or row["state"] not in ("pending", "done" if word else "refused")
            return word and judged(code)

        return judge

    async def _go_on_as_one(self) -> None:
        """The old card buys, what it bought comes back, all is spent, a limit of before still counts."""
        rng, client = self._rng, self._client()
        for _ in range(rng.randint(1, 3)):
            how, mine = rng.randrange(4), self._tickets_of(it.SECOND)
            if how == 0:
                await self._buy(client, it.SECOND)
            elif how == 1:
                await self._spend_all(client, it.SECOND)
            elif how == 2 and mine:
                await self._in_steps(client, rng.choice(mine))
            else:
                lines = (it.Line(1, rng.choice((it.TEA, it.SOAP, it.SALT)), 1, rng.randint(400, 4_000)),)
                op, _ = self._sale(Basket(lines), it.SECOND, shop=client.name)
                await client.drive(op, TRIES)
