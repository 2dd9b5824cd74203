"""Gift cards: made and sold, each once, and what they pay, alone and beside other money."""

from functools import partial
from typing import Any

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Acts, Basket
from tools.simulation.asked import Load
from tools.simulation.promises import Op

LEAST_MINOR, MOST_MINOR = 1_000, 50_000
"""What one card may be sold with."""


class Stored(Acts):
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

    async def pay_by_card(self) -> None:
        """One or two cards pay a ticket or a part of it; sometimes two tickets want the same card."""
        rng, known = self._rng, sorted(self._world.promises.cards)
        if not known:
            await self.sell_card()
            return
        some = rng.sample(known, min(len(known), rng.choice((1, 1, 2))))
        lines = tuple(
            it.Line(number, rng.choice(it.PLAIN), rng.randint(1, 4), rng.randint(300, 20_000))
            for number in range(1, rng.randint(2, 4))
        )
        total = sum(line.amount_minor for line in lines)
        gifts = tuple((card_id, rng.randint(1, max(1, total // len(some) + 20))) for card_id in some)
        person = self._person_or_nobody()
        acting = []
        for _ in range(2 if self._does("at once", 0.3) else 1):
            client = self._client()
            more: dict[str, Any] = {"tenders": [self._tender(*gift) for gift in gifts]}
            op, ticket = self._sale(Basket(lines), person, shop=client.name, more=more, gifts=gifts)
            op.judge = partial(self._may_refuse, ticket, self._world.books.commits)
            acting.append((client, op))
        await self._at_once(*acting)
        if acting[0][1].state == "done" and rng.random() < 0.6:
            await self._bring_back(acting[0][1], lines)
        await self._again(acting[0][1])

    async def _bring_back(self, sale: Op, lines: tuple[it.Line, ...]) -> None:
        """Units come back in steps, in either shop, sometimes two steps at once."""
        rng = self._rng
        ticket = self._world.books.state.sold[sale.op_id].ticket
        units = [line.line_no for line in lines for _ in range(line.quantity)]
        rng.shuffle(units)
        for _ in range(rng.randint(1, 3)):
            steps = []
            for _ in range(2 if self._does("at once", 0.3) else 1):
                if units:
                    client = self._client()
                    steps.append((client, self._return(client.name, sale.op_id, ticket, ((units.pop(), 1),))))
            await self._at_once(*steps)

    def _may_refuse(self, ticket: it.Ticket, since: int, code: str) -> bool:
        return self._rights.may_refuse_gifts(code, ticket, since)

    def _tender(self, card_id: str, amount: int) -> dict[str, Any]:
        number = self._world.promises.cards[card_id]
        return {"kind": "gift_card", "number": number, "amount_minor": amount}
