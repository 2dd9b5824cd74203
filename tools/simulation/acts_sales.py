"""Sales and returns over the API: quoted, reserved, paid with points, late, of nobody."""

import asyncio
from dataclasses import replace
from typing import Any, Final

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Acts, basket_of, by_uid, payable_of
from tools.simulation.asked import Reservation
from tools.simulation.books import need
from tools.simulation.faults import do_upkeep
from tools.simulation.promises import Op

RESERVED: Final = frozenset({"balance_too_low", "redeeming_too_much", "quote_expired", "blocked_card"})


class Sales(Acts):
    """At the counters' own computers."""

    async def sell(self) -> None:
        """A paid ticket, perhaps hours or days late, perhaps of nobody."""
        rng = self._rng
        late_ms = rng.choice((0, 0, 0, 3_600_000, it.DAY_MS, 29 * it.DAY_MS, 31 * it.DAY_MS)) * rng.random()
        is_old = rng.random() < 0.04
        if is_old:
            late_ms = 31 * it.DAY_MS
        person = None if rng.random() < 0.12 else self._person()
        is_lost = person is not None and rng.random() < 0.08
        op, ticket = self._sale(
            self._lines(), it.LOST_CARD if is_lost else person, occurred_ms=self._now_ms() - int(late_ms)
        )
        if is_lost:  # it may be blocked before this arrives
            op.may_refuse = frozenset({"blocked_card"})
        op.must_refuse = is_old or (is_lost and self._is_blocked())
        if rng.random() < 0.12 and not op.must_refuse:
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
        await asyncio.gather(*(self._client().drive(each, TRIES) for each in (op, other)))
        if op.told and other.told:
            need(op.told == other.told, "3 duplicate", "one ticket, two answers", op.told, other.told)

    async def sell_quoted(self) -> None:
        """Quote, then commit on its terms."""
        client, person, lines = self._client(), self._person(), self._lines()
        quoted = await self._quote(client, lines, person)
        if quoted is not None:
            if self._rng.random() < 0.25:
                self._world.around.slept_ms += self._rng.choice((14, 15, 16)) * 60_000
            more = {"quote_id": quoted["quote_id"]}
            if self._rng.random() < 0.2:
                lines = (*lines[:-1], replace(lines[-1], amount_minor=lines[-1].amount_minor + 100))
                op, _ = self._sale(lines, person, shop=client.name, more=more)
                op.may_refuse, op.must_refuse = frozenset({"quote_mismatch", "quote_expired"}), True
                await client.drive(op, TRIES)
                return
            op, ticket = self._sale(lines, person, shop=client.name, more=more)
            if (ticket.occurred_ms or 0) > quoted["expires_ms"]:
                op.may_refuse, op.must_refuse = frozenset({"quote_expired"}), True
            await client.drive(op, TRIES)

    async def sell_reserved(self) -> None:
        """Quote, reserve points, pay; sometimes late, sometimes two tickets want one reservation."""
        rng, client, person, lines = self._rng, self._client(), self._person(), self._lines()
        is_at_the_end = rng.random() < 0.15
        if is_at_the_end:
            self._sleep_before_an_end(person)
        quoted = await self._quote(client, lines, person)
        points = it.STEP_POINTS * rng.randint(1, 12)
        if quoted is None:
            return
        reservation_id = self._new_id("res")
        self._world.asked.reservations[reservation_id] = Reservation(
            member_id=person.member_id, points=points
        )
        body = {
            "reservation_id": reservation_id,
            "quote_id": quoted["quote_id"],
            "quote": {"basket": basket_of(lines), "holder": by_uid(person)},
            "redeem_points": points,
        }
        reserving = self._op("reservation", reservation_id, client.name, "/reservations", body, RESERVED)
        is_forbidden = points // it.STEP_POINTS * it.STEP_WORTH_MINOR > payable_of(lines)
        reserving.must_refuse = is_forbidden
        if not await client.drive(reserving, TRIES):
            return
        paid_ms = self._now_ms()
        if is_at_the_end:
            self._world.around.slept_ms += 3 * 60_000
            await do_upkeep(self._world)
        if rng.random() < 0.25:
            await asyncio.sleep(rng.random() * 4)
            self._world.around.slept_ms += rng.choice((5, 20)) * 60_000
        redeem = rng.choice((None, None, None, 0, it.STEP_POINTS, points + it.STEP_POINTS))
        more: dict[str, Any] = {"reservation_id": reservation_id, "redeem_points": redeem}
        may = frozenset({"reservation_used"})
        ops = [
            self._sale(
                lines, person, shop=client.name, more=more, may=may, occurred_ms=paid_ms,
                redeem=points if redeem is None else redeem,
            )[0]
            for _ in range(2 if rng.random() < 0.2 else 1)
        ]  # fmt: skip
        is_more = redeem is not None and redeem > points
        assert reserving.told is not None
        for op in ops:  # paid under a live reservation: never refused for value
            if op.body["occurred_ms"] > reserving.told["expires_ms"]:
                op.may_refuse |= {"quote_expired"}
            elif len(ops) == 1:
                op.may_refuse = frozenset()
            if is_more:
                op.may_refuse |= {"redeeming_exceeds_hold"}
                op.must_refuse = True
        await asyncio.gather(*(self._client().drive(op, TRIES) for op in ops))
        done = [op for op in ops if op.state == "done"]
        need(len(done) <= 1, "3 duplicate", "two sales took one reservation", reservation_id)
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
        """Points pay at once, without a reservation."""
        points = it.STEP_POINTS * self._rng.randint(1, 15)
        lines = self._lines()
        op, _ = self._sale(
            lines, self._person(), more={"redeem_points": points}, redeem=points,
            may=frozenset({"balance_too_low", "redeeming_too_much"}),
        )  # fmt: skip
        op.must_refuse = points // it.STEP_POINTS * it.STEP_WORTH_MINOR > payable_of(lines)
        await self._client().drive(op, TRIES)

    async def take_back(self) -> None:
        """Some units of a ticket come back, in any shop; sometimes two people bring the same."""
        rng = self._rng
        done = [op for op in self._world.promises.ops if op.kind == "sale" and op.state == "done"]
        if not done:
            return
        sale = rng.choice(done)
        assert sale.told is not None
        ticket = self._world.books.state.sold[sale.told["sale_id"]].ticket
        ops = []
        for _ in range(2 if rng.random() < 0.25 else 1):
            some = rng.sample(ticket.lines, rng.randint(1, len(ticket.lines)))
            lines = tuple((line.line_no, rng.randint(1, line.quantity)) for line in some)
            client = self._client()
            op = self._return(client.name, sale.told["sale_id"], ticket, lines)
            op.may_refuse = frozenset({"return_exceeds_sale"})
            ops.append((client, op))
        await asyncio.gather(*(client.drive(op, TRIES) for client, op in ops))
        for _, op in ops:
            await self._again(op)
