"""People at the edges: all of a balance and a point more, in debt, too late, after the end, in many steps."""

import asyncio
from dataclasses import replace
from typing import Final

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Basket
from tools.simulation.acts_sales import Sales
from tools.simulation.acts_value import Value
from tools.simulation.client import Client
from tools.simulation.faults import do_upkeep
from tools.simulation.fold import Sold
from tools.simulation.offers import SPONSORS

MINUTE_MS: Final = 60_000
EATEN_MINOR: Final = 12_000
"""A line of so much takes all that a budget has."""


class Edges(Sales, Value):
    """What ordinary days seldom bring."""

    async def run_into_debt(self) -> None:
        """Points are earned and spent and their goods come back: the member owes. Then points come and go."""
        rng, client, person = self._rng, self._client(), self._person()
        units = rng.randint(50, 200)
        lines = (it.Line(1, it.SUN_CREAM, 4, units * it.PER_MINOR),)
        points = it.STEP_POINTS * rng.randint(1, 5) if self._does("owes for what paid", 0.4) else 0
        more = {"redeem_points": points} if points else None
        sale, ticket = self._sale(Basket(lines), person, shop=client.name, more=more, redeem=points)
        if not await client.drive(sale, TRIES):
            return
        await self._spend_all(client, person)
        left = 4
        for _ in range(rng.randint(1, 2)):
            back_units = rng.randint(1, left)
            left -= back_units
            back = self._return(client.name, sale.op_id, ticket, ((1, back_units),))
            await client.drive(back, TRIES)
            if not left:
                break
        ways = (self._buy, self._buy_for_sponsor, self._thank, self._be_helped, self._be_corrected)
        for way in rng.sample(ways, rng.randint(2, 4)):
            await way(client, person)
        if rng.random() < 0.5:
            await self._spend_all(client, person)

    async def bring_back_in_debt(self) -> None:
        """Goods that points out of several lots had paid come back while their buyer owes other points."""
        rng, client, person = self._rng, self._client(), self._person()
        for _ in range(rng.randint(1, 2)):
            await self._buy(client, person)
        owing, owed = self._sale(
            Basket((it.Line(1, it.SUN_CREAM, 2, rng.randint(10, 80) * it.PER_MINOR),)),
            person,
            shop=client.name,
        )
        points = max(1, self._free(person) // it.STEP_POINTS - rng.choice((0, 0, 1, 3))) * it.STEP_POINTS
        lines = (it.Line(1, it.SUN_CREAM, rng.randint(2, 4), points * it.STEP_POINTS + rng.randint(0, 900)),)
        more = {"redeem_points": points}
        paid, ticket = self._sale(Basket(lines), person, shop=client.name, more=more, redeem=points)
        if not await client.drive(owing, TRIES) or not await client.drive(paid, TRIES):
            return
        await client.drive(self._donate(client, person, max(1, self._free(person))), TRIES)
        await client.drive(self._return(client.name, owing.op_id, owed, ((1, rng.randint(1, 2)),)), TRIES)
        for _ in range(ticket.lines[0].quantity):
            await client.drive(self._return(client.name, paid.op_id, ticket, ((1, 1),)), TRIES)
            if rng.random() < 0.3:
                await self._buy(client, person)

    async def _spend_all(self, client: Client, person: it.Person) -> None:
        """All there is is given away, or reserved, or all but a little."""
        rng = self._rng
        if rng.random() < 0.3:
            taker = rng.choice(it.PEOPLE)
            op = self._transfer(client, person, taker, self._much(person, 200))
        else:
            op = self._donate(client, person, max(1, self._free(person) - rng.choice((0, 0, 0, 1, 7, 40))))
        await client.drive(op, TRIES)

    async def _buy(self, client: Client, person: it.Person) -> None:
        lines = (it.Line(1, it.SHAMPOO, 1, self._rng.randint(5, 60) * it.PER_MINOR),)
        await client.drive(self._sale(Basket(lines), person, shop=client.name)[0], TRIES)

    async def _buy_for_sponsor(self, client: Client, person: it.Person) -> None:
        """Salt: for who brought them, or by whom they brought."""
        brought = [each for each in it.PEOPLE if SPONSORS.get(each.member_id) == person.member_id]
        buyer = self._rng.choice((*brought, person))
        lines = (it.Line(1, it.SALT, 1, self._rng.randint(5, 60) * it.PER_MINOR),)
        await client.drive(self._sale(Basket(lines), buyer, shop=client.name)[0], TRIES)

    async def _thank(self, client: Client, person: it.Person) -> None:
        op = self._goodwill(client.name, person, self._rng.randint(1, 30))
        await client.drive(op, TRIES)

    async def _be_helped(self, client: Client, person: it.Person) -> None:
        """Somebody of the household gives, often all there is."""
        homes = self._world.books.state.homes[-1][1]
        home = homes.get(person.member_id)
        mates = [p for p in it.PEOPLE if p is not person and home and homes.get(p.member_id) == home]
        giver = self._rng.choice(mates or it.PEOPLE)
        await client.drive(self._transfer(client, giver, person, self._much(giver, 120)), TRIES)

    async def _be_corrected(self, _: Client, person: it.Person) -> None:
        points = self._rng.choice((1, 1, -1)) * self._rng.randint(1, 80)
        await self._office().drive(self._correction(person, points, "office"), TRIES)

    async def pay_late(self) -> None:
        """A reservation ends before its ticket comes; meanwhile others take what it had kept."""
        rng, client, person = self._rng, self._client(), self._person()
        basket = replace(self._basket(), lines=self._few_lines())
        found = await self._quote(client, basket, person)
        if found is None:
            return
        view, promised = found
        points = it.STEP_POINTS * rng.choice((0, 0, 1, 3, 6, 12))
        reserving = self._reserve(client, basket, person, view, promised, points)
        if not await client.drive(reserving, TRIES):
            return
        paid_ms = self._now_ms()
        self._world.around.slept_ms += it.HOLD_MS + rng.choice(
            (-MINUTE_MS, -1, 0, 1_000, MINUTE_MS, it.DAY_MS)
        )
        if rng.random() < 0.7:
            await do_upkeep(self._world)
            await asyncio.sleep(rng.random())
        await self._take_away(client, person, basket)
        await self._pay_reserved(client, basket, person, reserving, promised, points, paid_ms)

    async def want_the_same(self) -> None:
        """One reserves what another buys in the same moment; then somebody gives away what is promised."""
        rng, client, person = self._rng, self._client(), self._person()
        basket = replace(self._basket(), lines=self._few_lines())
        found = await self._quote(client, basket, person)
        if found is None:
            return
        view, promised = found
        points = it.STEP_POINTS * rng.choice((0, 1, 3, 6, 12))
        reserving = self._reserve(client, basket, person, view, promised, points)
        others = [person if rng.random() < 0.5 else self._person() for _ in range(rng.randint(1, 2))]
        buying = [self._sale(Basket(basket.lines), other, shop=client.name)[0] for other in others]
        acting = [(client, reserving), *((self._client(), op) for op in buying)]
        rng.shuffle(acting)
        await self._at_once(*acting)
        if reserving.state != "done":
            return
        if points:
            free = max(0, self._free(person))
            asked = free + rng.choice((-1, 0, 1, points - 1, points))
            await client.drive(self._donate(client, person, max(1, asked)), TRIES)
        if rng.random() < 0.8:
            await self._pay_reserved(client, basket, person, reserving, promised, points, self._now_ms())

    async def promise_beside(self) -> None:
        """Two tickets of one person are reserved at once, each with points, out of lots that end in turn."""
        rng, person = self._rng, self._person()
        if rng.random() < 0.6:
            await self._buy(self._client(), person)
        half = max(1, self._free(person) // it.STEP_POINTS // 2)
        basket = Basket((it.Line(1, it.SUN_CREAM, rng.randint(1, 3), rng.randint(4_000, EATEN_MINOR)),))
        acting = []
        for client in self._world.clients[:2]:
            found = await self._quote(client, basket, person)
            if found is None:
                return
            points = it.STEP_POINTS * rng.randint(1, half)
            op = self._reserve(client, basket, person, *found, points)
            acting.append((client, op, found[1], points))
        await self._at_once(*((client, op) for client, op, *_ in acting))
        rng.shuffle(acting)
        for client, op, promised, points in acting:
            if op.state != "done":
                continue
            if self._does("lets go", 0.2):
                await self._let_go(client, basket, person, op, promised)
            else:
                await self._pay_reserved(client, basket, person, op, promised, points, self._now_ms())

    async def _take_away(self, client: Client, person: it.Person, basket: Basket) -> None:
        """What was free again is used: limits and budgets, vouchers, points."""
        rng = self._rng
        lines = tuple(
            it.Line(number, line.code, 1, rng.choice((line.amount_minor, EATEN_MINOR)))
            for number, line in enumerate(basket.lines, start=1)
        )
        for _ in range(rng.randint(1, 2)):
            other = person if rng.random() < 0.4 else self._person()
            vouchers = basket.vouchers if other is person else ()
            op, _ = self._sale(Basket(lines, 0, vouchers), other, shop=client.name)
            await client.drive(op, TRIES)
        if rng.random() < 0.5:
            await self._spend_all(client, person)

    def _few_lines(self) -> tuple[it.Line, ...]:
        """One or two lines, large enough for what offers give to be short."""
        rng = self._rng
        codes = rng.choices(tuple(self._taste), tuple(self._taste.values()), k=rng.randint(1, 2))
        return tuple(
            it.Line(number, code, rng.randint(1, 3), rng.choice((900, 4_000, rng.randint(400, EATEN_MINOR))))
            for number, code in enumerate(codes, start=1)
        )

    async def bring_back_aged(self) -> None:
        """Goods come back in steps, after a part of their points was spent and the rest expired."""
        rng, client, person = self._rng, self._client(), self._person()
        basket = Basket(self._few_lines())
        points = it.STEP_POINTS * rng.randint(1, 4) if rng.random() < 0.3 else 0
        more = {"redeem_points": points} if points else None
        sale, ticket = self._sale(basket, person, shop=client.name, more=more, redeem=points)
        op_is_too_much = points // it.STEP_POINTS * it.STEP_WORTH_MINOR > _most_free(ticket)
        sale.must_refuse = op_is_too_much
        if not await client.drive(sale, TRIES) or sale.told is None:
            return
        sold = self._world.books.state.sold[sale.told["sale_id"]]
        if rng.random() < 0.7:
            kept = rng.randint(0, max(1, sold.row["points"]))
            spent = max(1, self._free(person) - kept)
            await client.drive(self._donate(client, person, spent), TRIES)
        await self._sleep_past(person, sold)
        if rng.random() < 0.6:
            await self._buy(client, person)
        await self._in_steps(client, sold)

    async def _sleep_past(self, person: it.Person, sold: Sold) -> None:
        """Until the points of a sale end, or shortly before or after."""
        now_ms = self._now_ms()
        member_id = self._world.books.state.who(person.member_id)
        lots = self._world.books.state.lots_of(f"member/{member_id}/points")
        ends = [lot.expires_ms for lot in lots if lot.source_id == sold.row["sale_id"] and lot.expires_ms]
        end_ms = max(ends, default=now_ms + self._rng.choice((1, 20, 40)) * it.DAY_MS)
        self._world.around.slept_ms += max(0, end_ms - now_ms + self._rng.choice((-MINUTE_MS, 1, MINUTE_MS)))
        self._world.trace.note("slept past", sold.row["sale_id"])
        await do_upkeep(self._world)
        await asyncio.sleep(1.0)

    async def _in_steps(self, client: Client, sold: Sold) -> None:
        """Unit by unit, or a few at a time, in any order of lines; most of it, or all."""
        rng = self._rng
        units = [line.line_no for line in sold.ticket.lines for _ in range(line.quantity)]
        rng.shuffle(units)
        for _ in range(rng.choice((2, 3, len(units)))):
            step = [units.pop() for _ in range(min(len(units), rng.randint(1, 2)))]
            if not step:
                break
            lines = tuple((number, step.count(number)) for number in sorted(set(step)))
            op = self._return(client.name, sold.row["sale_id"], sold.ticket, lines)
            await client.drive(op, TRIES)
            if rng.random() < 0.3:
                await self._buy_or_spend(client, sold)

    async def _buy_or_spend(self, client: Client, sold: Sold) -> None:
        person = next((each for each in it.PEOPLE if each.member_id == sold.ticket.member_id), None)
        if person is not None:
            await self._rng.choice((self._buy, self._spend_all))(client, person)


def _most_free(ticket: it.Ticket) -> int:
    return sum(line.amount_minor for line in ticket.lines if line.code in it.FREE)
