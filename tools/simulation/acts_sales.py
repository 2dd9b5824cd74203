"""Sales and returns over the API: quoted, reserved, paid with points, late, of nobody."""

import asyncio
from dataclasses import replace
from typing import Any, Final

from tools.simulation import catalogue as it
from tools.simulation import offers
from tools.simulation.acts import TRIES, Acts, Basket, by_uid
from tools.simulation.asked import Reservation
from tools.simulation.client import Client
from tools.simulation.faults import do_upkeep
from tools.simulation.fold import Sold, need
from tools.simulation.promises import Op

RESERVED: Final = frozenset({"quote_expired"})


class Sales(Acts):
    """At the counters' own computers."""

    async def sell(self) -> None:
        """A paid ticket, perhaps hours or days late, perhaps of nobody."""
        rng = self._rng
        late_ms = rng.choice((0, 0, 0, 3_600_000, it.DAY_MS, 29 * it.DAY_MS, 31 * it.DAY_MS)) * rng.random()
        is_old = self._does("old tickets", 0.04)
        if is_old:
            late_ms = 31 * it.DAY_MS
        person = self._person_or_nobody()
        is_lost = person is not None and self._does("lost card", 0.08)
        op, ticket = self._sale(
            self._basket(), it.LOST_CARD if is_lost else person, occurred_ms=self._now_ms() - int(late_ms)
        )
        if is_lost:  # it may be blocked before this arrives
            op.may_refuse = frozenset({"blocked_card"})
        op.must_refuse = is_old or (is_lost and self._is_blocked())
        if self._does("two ids", 0.12) and not op.must_refuse:
            await self._sell_twice_at_once(op, ticket)
            return
        await self._client().drive(op, TRIES)
        await self._again(op)

    async def _sell_twice_at_once(self, op: Op, ticket: it.Ticket) -> None:
        """Two computers report one ticket under ids of their own: it is booked under one of them."""
        self._world.asked.ticket(replace(ticket, sale_id=None), self._now_ms())
        other_id = self._new_id("sale")
        body = op.body | {"sale_id": other_id}
        other = self._world.promises.open(Op("sale", other_id, op.token, op.path, body, op.may_refuse))
        other.judge = op.judge
        await self._at_once((self._client(), op), (self._client(), other))
        if op.told and other.told:
            need(op.told == other.told, "3 duplicate", "one ticket, two answers", op.told, other.told)

    async def sell_quoted(self) -> None:
        """Quote, then commit on its terms."""
        client, person, basket = self._client(), self._person_or_nobody(), self._basket()
        found = await self._quote(client, basket, person)
        if found is None:
            return
        view, promised = found
        assert promised.quoted is not None
        if self._does("pays late", 0.25):
            self._world.around.slept_ms += self._rng.choice((14, 15, 16)) * 60_000
        more = {"quote_id": view["quote_id"]}
        if self._does("unlike quoted", 0.2):
            await self._sell_unlike_quoted(client, basket, person, more)
            return
        ops = []
        for _ in range(2 if self._does("at once", 0.25) else 1):
            op, ticket = self._sale(basket, person, shop=client.name, more=more, quoted=promised.quoted)
            if (ticket.occurred_ms or 0) > view["expires_ms"]:
                op.may_refuse, op.must_refuse = frozenset({"quote_expired"}), True
            ops.append(op)
        await self._at_once(*((client, op) for op in ops))

    async def _sell_unlike_quoted(
        self, client: Client, basket: Basket, person: it.Person | None, more: dict[str, Any]
    ) -> None:
        """A ticket that is not what was quoted."""
        lines = basket.lines
        changed = replace(lines[-1], amount_minor=lines[-1].amount_minor + 100)
        op, _ = self._sale(replace(basket, lines=(*lines[:-1], changed)), person, shop=client.name, more=more)
        op.may_refuse, op.must_refuse = frozenset({"quote_mismatch", "quote_expired"}), True
        await client.drive(op, TRIES)

    async def sell_reserved(self) -> None:
        """Quote, reserve points, pay; sometimes late, sometimes two tickets want one reservation."""
        rng, client, person, basket = self._rng, self._client(), self._person(), self._basket()
        is_at_the_end = self._does("reserves at an end", 0.15)
        if is_at_the_end:
            self._sleep_before_an_end(person)
        found = await self._quote(client, basket, person)
        if found is None:
            return
        view, promised = found
        points = it.STEP_POINTS * rng.choice((0, 0, *range(1, 13)))
        reserving = self._reserve(client, basket, person, view, promised, points)
        rival = None
        if self._does("rivals", 0.15):  # somebody else wants the same points, voucher, or the last of a limit
            rival = self._reserve(client, basket, person, view, promised, points)
        acting = [op for op in (reserving, rival) if op is not None]
        if self._does("rivals", 0.2):  # or pays for them without asking first
            acting.append(self._sale(basket, person, shop=client.name)[0])
        await self._at_once(*((client, op) for op in acting))
        await self._again(reserving)
        if reserving.state != "done" or self._does("never pays", 0.12):  # some never pay: it ends by itself
            return
        if self._does("lets go", 0.2):
            await self._let_go(client, basket, person, reserving, promised)
            return
        paid_ms = self._now_ms()
        if is_at_the_end:
            self._world.around.slept_ms += 3 * 60_000
            await do_upkeep(self._world)
        if self._does("pays late", 0.3):
            await asyncio.sleep(rng.random() * 4)
            self._world.around.slept_ms += rng.choice((5, 20)) * 60_000
            if rng.random() < 0.5:
                await do_upkeep(self._world)
                await asyncio.sleep(rng.choice((0.0, 0.01, 1.0)) * rng.random())
        await self._pay_reserved(client, basket, person, reserving, promised, points, paid_ms)

    async def _let_go(
        self, client: Client, basket: Basket, person: it.Person, reserving: Op, promised: it.Ticket
    ) -> None:
        """The customer pays otherwise, perhaps while it is let go; a ticket of later stands on nothing."""
        path = f"/reservations/{reserving.op_id}/release"
        self._world.asked.let_go.add(reserving.op_id)
        letting = self._op("release", reserving.op_id, client.name, path, {})
        await self._at_once((client, letting), (client, self._sale(basket, person, shop=client.name)[0]))
        if letting.state != "done":
            return
        await client.drive(self._sale(basket, person, shop=client.name)[0], TRIES)
        assert letting.told is not None
        more: dict[str, Any] = {"reservation_id": reserving.op_id}
        late, _ = self._sale(basket, person, shop=client.name, more=more, quoted=promised.quoted)
        late.may_refuse, late.must_refuse = frozenset({"quote_expired"}), True
        await client.drive(late, TRIES)

    def _reserve(
        self,
        client: Client,
        basket: Basket,
        person: it.Person,
        view: dict[str, Any],
        promised: it.Ticket,
        points: int,
        tenders: tuple[tuple[str, int], ...] = (),
    ) -> Op:
        """A reservation of a quote. `tenders`: stored value that it is to keep as well."""
        world, reservation_id = self._world, self._new_id("res")
        promised = replace(promised, tenders=tenders)
        world.asked.reservations[reservation_id] = Reservation(ticket=promised, points=points)
        body = {
            "reservation_id": reservation_id,
            "quote_id": view["quote_id"],
            "quote": {"basket": self._basket_of(basket), "holder": by_uid(person)},
            "redeem_points": points,
        }
        if tenders:
            body["tenders"] = self._tenders(tenders)
        op = self._op("reservation", reservation_id, client.name, "/reservations", body, RESERVED)
        since, wanted = world.books.commits, replace(promised, redeem=points)
        op.judge = lambda code: self._rights.may_refuse_tenders(
            code, replace(wanted, occurred_ms=self._now_ms()), since
        )
        worth = points // it.STEP_POINTS * it.STEP_WORTH_MINOR
        op.must_refuse = worth > offers.gross(promised, it.FREE)
        return op

    async def _pay_reserved(
        self,
        client: Client,
        basket: Basket,
        person: it.Person,
        reserving: Op,
        promised: it.Ticket,
        points: int,
        paid_ms: int,
    ) -> None:
        rng = self._rng
        redeem = rng.choice((None, None, None, 0, it.STEP_POINTS, points + it.STEP_POINTS))
        if not points:
            redeem = rng.choice((None, 0))
        more: dict[str, Any] = {"reservation_id": reserving.op_id, "redeem_points": redeem}
        ops = [
            self._sale(
                basket, person, shop=client.name, more=more, occurred_ms=paid_ms,
                redeem=points if redeem is None else redeem, quoted=promised.quoted,
            )[0]
            for _ in range(2 if self._does("at once", 0.2) else 1)
        ]  # fmt: skip
        for op in ops:  # paid under a live reservation: never refused for value
            refuse_if_over(op, reserving)
            if redeem is not None and redeem > points:
                op.may_refuse |= {"redeeming_exceeds_hold"}
                op.must_refuse = True
        await self._at_once(*((self._client(), op) for op in ops))
        done = [op for op in ops if op.state == "done"]
        need(len(done) <= 1, "3 duplicate", "two sales took one reservation", reserving.op_id)
        if done:
            await self._again(done[0])

    def _sleep_before_an_end(self, person: it.Person) -> None:
        """Until a minute before some of the person's points end: what is reserved then outlives them."""
        lots = self._world.books.state.lots_of(f"member/{person.member_id}/points")
        now_ms = self._now_ms()
        ends = [lot.expires_ms for lot in lots if lot.remaining and (lot.expires_ms or 0) > now_ms + 60_000]
        if ends and ends[0] is not None:
            self._world.around.slept_ms += ends[0] - 60_000 - now_ms
            self._world.trace.note("slept", ends[0] - 60_000 - now_ms)

    async def sell_redeeming(self) -> None:
        """Points pay at once, without a reservation; sometimes two tickets want the same points."""
        ops = []
        for _ in range(2 if self._does("at once", 0.3) else 1):
            points, basket = it.STEP_POINTS * self._rng.randint(1, 15), self._basket()
            op, ticket = self._sale(basket, self._person(), more={"redeem_points": points}, redeem=points)
            worth = points // it.STEP_POINTS * it.STEP_WORTH_MINOR
            op.must_refuse = worth > offers.gross(ticket, it.FREE)
            ops.append((self._client(), op))
        await self._at_once(*ops)

    async def use_voucher(self) -> None:
        """Vouchers pay: once, for whom they are; two tickets, or a return of what earned them, at once."""
        rng, numbers = self._rng, self._world.promises.numbers
        if not numbers:
            await self.earn_voucher()
            return
        vouchers = self._some_vouchers()
        owner = self._world.books.state.vouchers[vouchers[0]].member_id
        person = next((each for each in it.PEOPLE if each.member_id == owner), self._person())
        if rng.random() < 0.15:
            person = self._person()
        acting: list[tuple[Client, Op]] = []
        for _ in range(2 if self._does("at once", 0.4) else 1):
            off_minor = rng.randint(1, 60) if self._does("discounts", 0.2) else 0
            acting.append((self._client(), self._sale(Basket(self._lines(), off_minor, vouchers), person)[0]))
        if rng.random() < 0.35:
            earned_by = self._world.books.state.sold[vouchers[0].split("/")[0]]
            lines = tuple((line.line_no, line.quantity) for line in earned_by.ticket.lines)
            back = self._return("desk-1", earned_by.row["sale_id"], earned_by.ticket, lines)
            acting.append((self._world.clients[0], back))
        await self._at_once(*acting)
        for _, op in acting:
            await self._again(op)

    async def earn_voucher(self) -> None:
        """A ticket large enough for a voucher, of somebody or nobody."""
        lines = tuple(
            it.Line(number, code, self._rng.randint(1, 3), self._rng.randint(5_000, 9_000))
            for number, code in enumerate(self._rng.sample(sorted(it.FREE), 2), start=1)
        )
        op, _ = self._sale(Basket(lines), self._person_or_nobody())
        await self._client().drive(op, TRIES)
        await self._again(op)

    async def take_back(self) -> None:
        """Some units of a ticket come back, in any shop; sometimes two people bring some at once."""
        rng = self._rng
        done = [op for op in self._world.promises.ops if op.kind == "sale" and op.state == "done"]
        if not done:
            return
        sale = rng.choice(done)
        assert sale.told is not None
        sold = self._world.books.state.sold[sale.told["sale_id"]]
        parts = self._parts_of(sold)
        acting = []
        for lines in parts:
            client = self._client()
            acting.append((client, self._return(client.name, sale.told["sale_id"], sold.ticket, lines)))
        await self._at_once(*acting)
        for _, op in acting:
            await self._again(op)

    def _parts_of(self, sold: Sold) -> list[tuple[tuple[int, int], ...]]:
        """What each of those who come brings: any units, or, of two, each a part of all that is left."""
        rng, ticket = self._rng, sold.ticket
        if rng.random() < 0.35:
            left = [
                (line.line_no, line.quantity - sold.returned[line.line_no])
                for line in ticket.lines
                if line.quantity > sold.returned[line.line_no]
            ]
            if len(left) > 1:
                at = rng.randint(1, len(left) - 1)
                return [tuple(left[:at]), tuple(left[at:])]
            if left:
                return [tuple(left)]
        parts = []
        for _ in range(2 if self._does("at once", 0.25) else 1):
            some = rng.sample(ticket.lines, rng.randint(1, len(ticket.lines)))
            parts.append(tuple((line.line_no, rng.randint(1, line.quantity)) for line in some))
        return parts


def refuse_if_over(op: Op, reserving: Op) -> None:
    """What was paid after its reservation's end is refused."""
    assert reserving.told is not None
    if op.body["occurred_ms"] > reserving.told["expires_ms"]:
        op.may_refuse |= {"quote_expired"}
        op.must_refuse = True
