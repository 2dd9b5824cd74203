"""Gift cards and purses: sold and filled; what they pay, alone, reserved, beside points and other money."""

import asyncio
from functools import partial
from typing import Any

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Basket, by_uid
from tools.simulation.acts_sales import Sales, refuse_if_over
from tools.simulation.asked import Load
from tools.simulation.client import Client
from tools.simulation.faults import do_upkeep
from tools.simulation.fold import need
from tools.simulation.promises import Op

LEAST_MINOR, MOST_MINOR = 1_000, 50_000
"""What one card may be sold with."""


class Stored(Sales):
    """At the counters' own computers."""

    async def sell_card(self) -> None:
        """A card is made and sold; sometimes two clerks sell it at once, sometimes for too much."""
        rng, client = self._rng, self._client()
        card_id = self._new_id("card")
        making = self._op("card_made", card_id, client.name, "/gift-cards", {"gift_card_id": card_id})
        making.may_refuse = frozenset({"gift_number_told"})  # an answer lost for longer than it is told again
        if not await client.drive(making, TRIES):
            return
        assert making.told is not None
        number = making.told["number"]
        amount = rng.choice((LEAST_MINOR, rng.randint(LEAST_MINOR, MOST_MINOR), MOST_MINOR + 1))
        ops = [self._load(client.name, card_id, number, amount)]
        if self._does("at once", 0.25):
            ops.append(self._load(client.name, card_id, number, rng.randint(LEAST_MINOR, MOST_MINOR)))
        await self._at_once(*((client, op) for op in ops))
        if any(op.state == "done" for op in ops):
            self._world.promises.cards[card_id] = number
            await self._again(ops[0])

    def _load(self, name: str, card_id: str, number: str, amount: int) -> Op:
        act_id = self._new_id("load")
        load = Load(card_id=card_id, shop_id=self._shop(name), amount=amount)
        self._world.asked.loads[act_id] = load
        body = {"activation_id": act_id, "number": number, "amount_minor": amount}
        op = self._op("card_sold", act_id, name, "/gift-cards/activations", body)
        is_too_much = amount > MOST_MINOR
        op.must_refuse = is_too_much

        def judge(code: str) -> bool:
            others = self._world.books.state.loads.values()
            is_sold = any(each["gift_card_id"] == card_id for each in others)
            return (
                is_too_much
                if code == "gift_amount_out_of_range"
                else (code == "gift_card_sold_already" and is_sold)
            )

        op.judge = judge
        return op

    async def fill_purse(self) -> None:
        """A member pays money in; sometimes twice at once, sometimes for too much in all or on a day."""
        rng, person = self._rng, self._person()
        acting = []
        for _ in range(2 if self._does("at once", 0.25) else 1):
            client = self._client()
            most = rng.choice((it.PURSE_MAX_MINOR, it.PURSE_PER_DAY_MINOR))
            amount = rng.choice((rng.randint(1, 4_000), rng.randint(1, 4_000), most, most + 1))
            acting.append((client, self._top_up(client.name, person, amount)))
        await self._at_once(*acting)
        await self._again(acting[0][1])

    def _top_up(self, name: str, person: it.Person, amount: int) -> Op:
        act_id, member_id = self._new_id("top"), person.member_id
        self._world.asked.loads[act_id] = Load(member_id=member_id, shop_id=self._shop(name), amount=amount)
        body = {"top_up_id": act_id, "holder": by_uid(person), "amount_minor": amount}
        op = self._op("purse_filled", act_id, name, "/purses/top-ups", body)
        op.must_refuse = amount > it.PURSE_PER_DAY_MINOR
        since, asked_ms = self._world.books.commits, self._now_ms()
        op.judge = lambda code: self._rights.may_refuse_top_up(code, member_id, amount, since, asked_ms)
        return op

    async def pay_stored(self) -> None:
        """Cards and a purse pay a ticket or a part of it, at once or reserved; two may want the same."""
        rng = self._rng
        person = self._person_or_nobody()
        accounts = self._accounts(person)
        if not accounts:
            await (self.sell_card() if rng.random() < 0.5 else self.fill_purse())
            return
        some = rng.sample(accounts, min(len(accounts), rng.choice((1, 1, 2, 3))))
        lines = tuple(
            it.Line(number, rng.choice(it.PLAIN), rng.randint(1, 4), rng.randint(300, 20_000))
            for number in range(1, rng.randint(2, 4))
        )
        points = it.STEP_POINTS * rng.randint(1, 6) if person and self._does("points beside", 0.2) else 0
        total = sum(line.amount_minor for line in lines)
        tenders = tuple((account, self._part_of(account, total // len(some) + 20)) for account in some)
        if person is not None and self._does("reserves stored", 0.4):
            await self._reserve_stored(Basket(lines), person, points, tenders)
            return
        acting = []
        for _ in range(2 if self._does("at once", 0.3) else 1):
            client = self._client()
            op = self._stored_sale(client, Basket(lines), person, points, tenders)
            acting.append((client, op))
        await self._at_once(*acting)
        if acting[0][1].state == "done" and rng.random() < 0.6:
            await self._bring_back(acting[0][1], lines)
        await self._again(acting[0][1])

    def _accounts(self, person: it.Person | None) -> list[str]:
        """What may pay."""
        accounts = [it.card_of(card_id) for card_id in sorted(self._world.promises.cards)]
        state = self._world.books.state
        if person is not None and it.purse_of(state.who(person.member_id)) in state.stored:
            accounts.append(it.purse_of(state.who(person.member_id)))
        return accounts

    def _part_of(self, account: str, most: int) -> int:
        """Some, or all there is, or a unit more."""
        free = self._world.books.state.stored[account][-1][1]
        usual = self._rng.randint(1, max(1, most))
        return max(1, self._rng.choice((usual, usual, min(usual, free), free, free + 1)))

    def _stored_sale(
        self,
        client: Client,
        basket: Basket,
        person: it.Person | None,
        points: int,
        tenders: tuple[tuple[str, int], ...],
    ) -> Op:
        more: dict[str, Any] = {"tenders": self._tenders(tenders)}
        if points:
            more["redeem_points"] = points
        op, ticket = self._sale(basket, person, shop=client.name, more=more, redeem=points, tenders=tenders)
        op.must_refuse = self._is_too_much(basket, points, tenders)
        op.judge = partial(self._may_refuse, ticket, self._world.books.commits)
        return op

    @staticmethod
    def _is_too_much(basket: Basket, points: int, tenders: tuple[tuple[str, int], ...]) -> bool:
        """Whether points pay what they may not, or all together more than it costs."""
        worth = points // it.STEP_POINTS * it.STEP_WORTH_MINOR
        free = sum(line.amount_minor for line in basket.lines if line.code in it.FREE)
        total = sum(line.amount_minor for line in basket.lines)
        return worth > free or worth + sum(amount for _, amount in tenders) > total

    async def _reserve_stored(
        self, basket: Basket, person: it.Person, points: int, tenders: tuple[tuple[str, int], ...]
    ) -> None:
        """Stored value is kept for a ticket: paid as kept, with less, with more, late, by two, or never."""
        rng, client = self._rng, self._client()
        found = await self._quote(client, basket, person)
        if found is None:
            return
        view, promised = found
        ops = []
        for _ in range(2 if self._does("rivals", 0.2) else 1):
            op = self._reserve(client, basket, person, view, promised, points, tenders)
            op.must_refuse = self._is_too_much(basket, points, tenders)
            ops.append(op)
        acting: list[tuple[Client, Op]] = [(client, op) for op in ops]
        if self._does("rivals", 0.2):
            acting.append((client, self._stored_sale(client, basket, person, 0, tenders)))
        await self._at_once(*acting)
        reserving = ops[0]
        await self._again(reserving)
        if reserving.state == "done" and self._does("other tenders", 0.3):
            await self._otherwise(client, reserving)
        if reserving.state != "done" or self._does("never pays", 0.12):
            return
        paid_ms = self._now_ms()
        if self._does("pays late", 0.3):
            self._world.around.slept_ms += it.HOLD_MS + rng.choice((-60_000, 0, 1_000, it.DAY_MS))
            if rng.random() < 0.6:
                await do_upkeep(self._world)
                await asyncio.sleep(rng.random())
            if rng.random() < 0.6:  # what is free again pays something else
                account, _ = rng.choice(tenders)
                part = ((account, self._part_of(account, 2_000)),)
                await client.drive(self._stored_sale(client, basket, person, 0, part), TRIES)
        await self._pay_kept(client, basket, person, reserving, promised, points, tenders, paid_ms)

    async def _pay_kept(
        self,
        client: Client,
        basket: Basket,
        person: it.Person,
        reserving: Op,
        promised: it.Ticket,
        points: int,
        tenders: tuple[tuple[str, int], ...],
        paid_ms: int,
    ) -> None:
        rng = self._rng
        how = rng.choice(("as kept", "as kept", "named", "less", "more", "a part"))
        paying = tenders
        if how == "less":
            paying = tuple((account, rng.randint(1, amount)) for account, amount in tenders)
        elif how == "more":
            (account, amount), *others = tenders
            paying = ((account, amount + 1), *others)
        elif how == "a part":
            paying = tuple(rng.sample(tenders, rng.randint(0, len(tenders) - 1)))
        more: dict[str, Any] = {"reservation_id": reserving.op_id}
        if how != "as kept":
            more["tenders"] = self._tenders(paying)
        acting = []
        for _ in range(2 if self._does("at once", 0.2) else 1):
            op, _ = self._sale(
                basket, person, shop=client.name, more=more, occurred_ms=paid_ms,
                redeem=points, quoted=promised.quoted, tenders=paying,
            )  # fmt: skip
            refuse_if_over(op, reserving)
            if how == "more":
                op.may_refuse |= {"tender_exceeds_hold"}
                op.must_refuse = True
            acting.append((self._client(), op))
        await self._at_once(*acting)
        done = [op for _, op in acting if op.state == "done"]
        need(len(done) <= 1, "3 duplicate", "two sales took one reservation", reserving.op_id)
        if done and rng.random() < 0.6:
            await self._bring_back(done[0], basket.lines)
        if done:
            await self._again(done[0])

    async def _bring_back(self, sale: Op, lines: tuple[it.Line, ...]) -> None:
        """Units come back in steps, in either shop, sometimes two steps at once."""
        rng = self._rng
        assert sale.told is not None
        ticket = self._world.books.state.sold[sale.told["sale_id"]].ticket
        units = [line.line_no for line in lines for _ in range(line.quantity)]
        rng.shuffle(units)
        for _ in range(rng.randint(1, 3)):
            steps = []
            for _ in range(2 if self._does("at once", 0.3) else 1):
                if units:
                    client = self._client()
                    steps.append(
                        (client, self._return(client.name, sale.told["sale_id"], ticket, ((units.pop(), 1),)))
                    )
            await self._at_once(*steps)

    def _may_refuse(self, ticket: it.Ticket, since: int, code: str) -> bool:
        return self._rights.may_refuse_tenders(code, ticket, since)
