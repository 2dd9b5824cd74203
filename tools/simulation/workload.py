"""What people do at counters and in the office, drawn from the seed; ids are made before they are sent."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import msgspec

from tools.simulation import catalogue as it
from tools.simulation.asked import Correction, Move, Reservation
from tools.simulation.books import need
from tools.simulation.client import Client
from tools.simulation.faults import FAULTS
from tools.simulation.promises import Op
from tools.simulation.till import Report, Till
from tools.simulation.world import World

ACTS: Final = 16
"""Acts of one seed; faults come on top."""
TRIES: Final = 4
RESERVED: Final = frozenset({"balance_too_low", "redeeming_too_much", "quote_expired", "blocked_card"})


class Workload:
    """The people of one seed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = world.rng
        self._ids = 0
        self._blocking: Op | None = None
        self._reads_asked = 0
        self._reads_told = 0

    async def live(self) -> None:
        """Act after act, some at once, with faults in between."""
        rng, world = self._rng, self._world
        acts = tuple(ACTS_OF)
        weights = tuple(ACTS_OF.values())
        faults, fault_weights = tuple(FAULTS), tuple(FAULTS.values())
        for _ in range(ACTS):
            (act,) = rng.choices(acts, weights)
            world.trace.note("act", act.__name__)
            world.person(act(self))
            if rng.random() < 0.3:
                (fault,) = rng.choices(faults, fault_weights)
                world.person(fault(world))
            await asyncio.sleep(rng.choice((0.0, 0.05, 0.4, 1.5)) * rng.random())

    # Sales over the API -------------------------------------------------------------------------------------

    async def sell(self) -> None:
        """A paid ticket, perhaps hours or days late, perhaps of nobody."""
        rng = self._rng
        late_ms = rng.choice((0, 0, 0, 3_600_000, it.DAY_MS, 29 * it.DAY_MS, 31 * it.DAY_MS)) * rng.random()
        is_old = rng.random() < 0.04
        if is_old:
            late_ms = 31 * it.DAY_MS
        person = None if rng.random() < 0.12 else self._person()
        op, _ = self._sale(self._lines(), person, occurred_ms=self._now_ms() - int(late_ms))
        op.must_refuse = is_old
        await self._client().drive(op, TRIES)
        await self._again(op)

    async def sell_quoted(self) -> None:
        """Quote, then commit on its terms."""
        client, person, lines = self._client(), self._person(), self._lines()
        quoted = await self._quote(client, lines, person)
        if quoted is not None:
            may = frozenset({"quote_expired"})
            op, _ = self._sale(
                lines, person, shop=client.name, more={"quote_id": quoted["quote_id"]}, may=may
            )
            await client.drive(op, TRIES)

    async def sell_reserved(self) -> None:
        """Quote, reserve points, pay; sometimes late, sometimes two tickets want one reservation."""
        rng, client, person, lines = self._rng, self._client(), self._person(), self._lines()
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
            "quote": {"basket": _basket(lines), "holder": _by_uid(person)},
            "redeem_points": points,
        }
        reserving = self._op("reservation", reservation_id, client.name, "/reservations", body, RESERVED)
        is_forbidden = points // it.STEP_POINTS * it.STEP_WORTH_MINOR > _payable(lines)
        reserving.must_refuse = is_forbidden
        if not await client.drive(reserving, TRIES):
            return
        paid_ms = self._now_ms()
        if rng.random() < 0.25:
            await asyncio.sleep(rng.random() * 4)
            self._world.around.slept_ms += rng.choice((5, 20)) * 60_000
        redeem = rng.choice((None, None, 0, it.STEP_POINTS))
        more: dict[str, Any] = {"reservation_id": reservation_id, "redeem_points": redeem}
        may = frozenset({"reservation_used"})
        ops = [
            self._sale(
                lines, person, shop=client.name, more=more, may=may, occurred_ms=paid_ms,
                redeem=points if redeem is None else redeem,
            )[0]
            for _ in range(2 if rng.random() < 0.2 else 1)
        ]  # fmt: skip
        assert reserving.told is not None
        for op in ops:  # paid under a live reservation: never refused for value
            if op.body["occurred_ms"] > reserving.told["expires_ms"]:
                op.may_refuse |= {"quote_expired"}
            elif len(ops) == 1:
                op.may_refuse = frozenset()
        await asyncio.gather(*(self._client().drive(op, TRIES) for op in ops))
        done = [op for op in ops if op.state == "done"]
        need(len(done) <= 1, "3 duplicate", "two sales took one reservation", reservation_id)
        if done:
            await self._again(done[0])

    async def sell_redeeming(self) -> None:
        """Points pay at once, without a reservation."""
        points = it.STEP_POINTS * self._rng.randint(1, 15)
        lines = self._lines()
        op, _ = self._sale(
            lines, self._person(), more={"redeem_points": points}, redeem=points,
            may=frozenset({"balance_too_low", "redeeming_too_much"}),
        )  # fmt: skip
        op.must_refuse = points // it.STEP_POINTS * it.STEP_WORTH_MINOR > _payable(lines)
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
            client = self._client(is_desk=True)
            return_id = self._new_id("ret")
            asked = it.Return(
                shop_id=self._shop(client.name),
                business_key=f"key-{return_id}",
                sale_key=(ticket.shop_id, ticket.business_key),
                lines=lines,
                return_id=return_id,
            )
            self._world.asked.return_(asked, self._now_ms())
            body = {
                "return_id": return_id,
                "business_key": asked.business_key,
                "occurred_ms": self._now_ms(),
                "sent_ms": 0,
                "lines": [{"line_no": number, "quantity": units} for number, units in lines],
            }
            path = f"/sales/{sale.told['sale_id']}/returns"
            ops.append(
                (
                    client,
                    self._op(
                        "return", return_id, client.name, path, body, frozenset({"return_exceeds_sale"})
                    ),
                )
            )
        await asyncio.gather(*(client.drive(op, TRIES) for client, op in ops))
        for _, op in ops:
            await self._again(op)

    # Value beside sales -------------------------------------------------------------------------------------

    async def give(self) -> None:
        """A donation, or a transfer, within the household or not."""
        rng, giver, client = self._rng, self._person(), self._client(is_desk=True)
        points = rng.randint(1, 120)
        move_id = self._new_id("gift")
        may = frozenset({"balance_too_low"})
        if rng.random() < 0.3:
            asked = Move(kind="donation", member_id=giver.member_id, other_id=it.ASSOCIATION, points=points)
            path, names = "/donations", {"donation_id": move_id, "association_id": it.ASSOCIATION}
        else:
            taker = rng.choice([person for person in it.PEOPLE if person is not giver])
            asked = Move(kind="transfer", member_id=giver.member_id, other_id=taker.member_id, points=points)
            path, names = "/transfers", {"transfer_id": move_id, "to_member_id": taker.member_id}
            if taker.household != giver.household:
                may = frozenset({"not_one_household"})
        self._world.asked.moves[move_id] = asked
        body = names | {"holder": _by_uid(giver), "points": points}
        op = self._op("move", move_id, client.name, path, body, may)
        op.must_refuse = "not_one_household" in may
        await client.drive(op, TRIES)
        await self._again(op)

    async def correct(self) -> None:
        """Staff corrects; what is too much for one waits for a second person."""
        rng, office = self._rng, self._office()
        points = rng.choice((1, -1)) * rng.choice((rng.randint(1, 80), rng.randint(400, 700)))
        person, by = self._person(), rng.choice(("office", "second"))
        correction_id = self._new_id("cor")
        self._world.asked.corrections[correction_id] = Correction(
            member_id=person.member_id, points=points, by=by
        )
        body = {
            "correction_id": correction_id,
            "member_id": person.member_id,
            "points": points,
            "reason": "mend",
        }
        op = self._op("correction", correction_id, by, "/corrections", body, frozenset({"balance_too_low"}))
        if not await office.drive(op, TRIES):
            return
        await self._again(op)
        if self._world.books.state.corrections[correction_id]["state"] != "pending":
            return
        other = "second" if by == "office" else "office"
        judge = by if rng.random() < 0.3 else other
        path = f"/corrections/{correction_id}/decision"
        decision = {"approve": rng.random() < 0.8}
        may = frozenset({"balance_too_low"}) if judge == other else frozenset({"second_person_needed"})
        deciding = self._op("decision", correction_id, judge, path, decision, may)
        deciding.must_refuse = judge == by
        await office.drive(deciding, TRIES)

    async def block(self) -> None:
        """The first member's second card is reported lost."""
        if self._blocking is not None:
            return
        body = {"card_number": it.LOST_CARD.card, "reason": "lost"}
        self._blocking = op = self._op("block", it.LOST_CARD.card, "office", "/cards/block", body)
        for till in self._world.tills:
            till.blocked.add(it.LOST_CARD.card)
        await self._office().drive(op, TRIES)

    # Looking ------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """A balance told is one that stood while it was asked for."""
        person, books = self._person(), self._world.books
        before = books.commits
        answer = await self._office().ask("GET", f"/members/{person.member_id}/balance", None, "office")
        if answer is None or answer.status != 200:
            return
        told = msgspec.json.decode(answer.body)["points"]
        history = books.history[person.member_id]
        at_first = [balance for commit, balance in history if commit <= before][-1:]
        right = at_first + [balance for commit, balance in history if commit > before]
        need(
            told in right,
            "1 conservation",
            "a balance is told that never stood",
            person.member_id,
            told,
            right,
        )

    async def read_lines(self) -> None:
        """Purchase lines are read; the member can see that."""
        done = [op for op in self._world.promises.ops if op.kind == "sale" and op.state == "done"]
        if not done:
            return
        told = self._rng.choice(done).told
        assert told is not None
        sold = self._world.books.state.sold[told["sale_id"]]
        rows = self._world.rows()
        before = rows.count("read_log") if rows is not None else None
        answer = await self._office().ask("GET", f"/sales/{told['sale_id']}", None, "office")
        if answer is None or answer.status != 200:
            return
        view = msgspec.json.decode(answer.body)
        found = [(line["line_no"], line["quantity"], line["amount_minor"]) for line in view["lines"]]
        right = [(line.line_no, line.quantity, line.amount_minor) for line in sold.ticket.lines]
        need(found == right, "1 conservation", "lines differ", told["sale_id"], found, right)
        need(
            {line["line_no"]: line["points"] for line in view["lines"]} == sold.line_points,
            "1 conservation", "points by line differ", told["sale_id"],
        )  # fmt: skip
        rows = self._world.rows()
        if sold.ticket.member_id is not None and rows is not None and before is not None:
            need(rows.count("read_log") > before, "9 read audit", "lines were read unlogged", told["sale_id"])

    # At the tills -------------------------------------------------------------------------------------------

    async def report(self) -> None:
        """A ticket over the terminal; repeated unchanged, or with other content, or asked about."""
        rng = self._rng
        till = rng.choice(self._world.tills)
        person = it.LOST_CARD if rng.random() < 0.08 else self._person()
        report = till.new_report(self._lines(), person)
        await till.drive(report, TRIES)
        if report.state == "done" and rng.random() < 0.35:
            await asyncio.sleep(rng.random() * 3)
            if rng.random() < 0.5:
                report.service_id = till.new_service_id()
            await till.drive(report, 2)
        if report.state == "done" and rng.random() < 0.15:
            await self._report_otherwise(till, report)

    async def _report_otherwise(self, till: Till, report: Report) -> None:
        """The same ticket with other lines must be refused."""
        await till.must_refuse_other(report, is_new_message=self._rng.random() < 0.5)

    async def refund(self) -> None:
        """Goods of a till's ticket come back at the same till."""
        rng = self._rng
        till = rng.choice(self._world.tills)
        sold = [each for each in till.reports if each.ticket is not None and each.state == "done"]
        if not sold:
            return
        report = rng.choice(sold)
        assert report.ticket is not None
        lines: tuple[tuple[int, int], ...] | None = None
        if rng.random() < 0.7 or report.key in till.refunded:
            some = rng.sample(report.ticket.lines, rng.randint(1, len(report.ticket.lines)))
            lines = tuple((line.line_no, rng.randint(1, line.quantity)) for line in some)
        till.refunded.add(report.key)
        await till.drive(till.new_refund(report, lines), TRIES)

    # Parts --------------------------------------------------------------------------------------------------

    async def _again(self, op: Op) -> None:
        """The same again, the same under another id, or other content under the same id."""
        rng = self._rng
        if op.state != "done" or rng.random() < 0.5:
            return
        await asyncio.sleep(rng.random() * 2)
        client = self._office() if op.token in ("office", "second") else self._client()
        draw = rng.random()
        if draw < 0.5 or op.kind not in ("sale", "return"):
            if draw < 0.7:
                await client.drive(op, 2)
            else:
                await self._otherwise(client, op)
        elif draw < 0.65 and op.kind == "sale":
            twin = Op(op.kind, op.op_id, op.token, op.path, op.body | {"sale_id": self._new_id("twin")})
            twin.told = op.told
            await client.drive(twin, 2)
        else:
            await self._otherwise(client, op)

    async def _otherwise(self, client: Client, op: Op) -> None:
        """Other content under an id in use: 409, and nothing happens."""
        body = dict(op.body)
        if op.kind == "sale":
            how = self._rng.randrange(4)
            line = dict(body["basket"]["lines"][0])
            if how == 0:
                line["amount_minor"] += 100
            elif how == 1:
                line["quantity"] += 1
            elif how == 2:
                other = next(
                    p for p in it.PEOPLE if body["holder"] is None or p.uid != body["holder"]["value"]
                )
                body["holder"] = _by_uid(other)
            else:
                body["occurred_ms"] -= 1
            body["basket"] = body["basket"] | {"lines": [line, *body["basket"]["lines"][1:]]}
        elif op.kind == "return":
            lines = [dict(line) for line in body["lines"]]
            lines[0]["quantity"] += 1
            body["lines"] = lines
        elif op.kind in ("move", "correction"):
            body["points"] += 1 if body["points"] > 0 else -1
        else:
            return
        if "sent_ms" in body:
            body["sent_ms"] = self._now_ms()
        answer = await client.ask("POST", op.path, body, op.token)
        if answer is None or answer.status in (429, 502, 503):
            return
        need(answer.status == 409, "3 duplicate", op.kind, op.op_id, "other content was answered", answer)

    async def _quote(
        self, client: Client, lines: tuple[it.Line, ...], person: it.Person
    ) -> dict[str, Any] | None:
        body = {"basket": _basket(lines), "holder": _by_uid(person)}
        answer = await client.ask("POST", "/quotes", body, self._token(client.name))
        if answer is None or answer.status != 200:
            return None
        view: dict[str, Any] = msgspec.json.decode(answer.body)
        ticket = it.Ticket(
            shop_id="",
            business_key="",
            lines=lines,
            member_id=person.member_id,
            card=person.card,
            occurred_ms=0,
        )
        found, right = (view["points"], view["total_minor"]), (ticket.points, ticket.total_minor)
        need(found == right, "8 authority", "a quote promises", found, "instead of", right)
        return view

    def _sale(
        self,
        lines: tuple[it.Line, ...],
        person: it.Person | None,
        *,
        shop: str | None = None,
        occurred_ms: int | None = None,
        more: dict[str, Any] | None = None,
        may: frozenset[str] = frozenset(),
        redeem: int = 0,
    ) -> tuple[Op, it.Ticket]:
        rng = self._rng
        name = shop or rng.choice(("desk-1", "desk-2"))
        sale_id = self._new_id("sale")
        extra = more or {}
        ticket = it.Ticket(
            shop_id=self._shop(name),
            business_key=f"key-{sale_id}",
            sale_id=sale_id,
            lines=lines,
            member_id=person.member_id if person else None,
            card=person.card if person else None,
            occurred_ms=self._now_ms() if occurred_ms is None else occurred_ms,
            reservation_id=extra.get("reservation_id"),
            redeem=redeem,
        )
        self._world.asked.ticket(ticket, self._now_ms())
        body = {
            "sale_id": sale_id,
            "business_key": ticket.business_key,
            "occurred_ms": ticket.occurred_ms,
            "sent_ms": 0,
            "basket": _basket(lines),
            "holder": _by_uid(person) if person else None,
        }
        body |= {key: value for key, value in extra.items() if value is not None}
        return self._op("sale", sale_id, name, "/sales", body, may), ticket

    def _op(
        self,
        kind: str,
        op_id: str,
        name: str,
        path: str,
        body: dict[str, Any],
        may: frozenset[str] = frozenset(),
    ) -> Op:
        return self._world.promises.open(Op(kind, op_id, self._token(name), path, body, may))

    def _lines(self) -> tuple[it.Line, ...]:
        rng = self._rng
        codes = rng.choices(
            (it.SUN_CREAM, it.SHAMPOO, it.PRESCRIPTION, it.MILK), (4, 3, 2, 1), k=rng.randint(1, 3)
        )
        return tuple(
            it.Line(
                number, code, rng.randint(1, 4), rng.choice((rng.randint(1, 400), rng.randint(400, 9_000)))
            )
            for number, code in enumerate(codes, start=1)
        )

    def _person(self) -> it.Person:
        return self._rng.choice(it.PEOPLE)

    def _client(self, *, is_desk: bool = False) -> Client:
        del is_desk
        return self._rng.choice(self._world.clients[:2])

    def _office(self) -> Client:
        return self._world.clients[2]

    def _shop(self, client: str) -> str:
        return it.SHOPS[1] if client == "desk-2" else it.SHOPS[0]

    def _token(self, client: str) -> str:
        return {"desk-1": "t-1", "desk-2": "t-2"}.get(client, client)

    def _now_ms(self) -> int:
        return self._world.around.now_ms()

    def _new_id(self, what: str) -> str:
        self._ids += 1
        return f"{what}-{self._ids}"


def _basket(lines: tuple[it.Line, ...]) -> dict[str, Any]:
    return {
        "currency": "CHF",
        "lines": [
            {
                "line_no": line.line_no,
                "code": line.code,
                "quantity": line.quantity,
                "amount_minor": line.amount_minor,
            }
            for line in lines
        ],
    }


def _by_uid(person: it.Person) -> dict[str, str]:
    return {"medium": "nfc_uid", "value": person.uid}


def _payable(lines: tuple[it.Line, ...]) -> int:
    return sum(line.amount_minor for line in lines if line.code in it.PAYABLE)


Act = Callable[[Workload], Coroutine[Any, Any, None]]
ACTS_OF: Final[dict[Act, int]] = {
    Workload.sell: 16,
    Workload.sell_quoted: 4,
    Workload.sell_reserved: 14,
    Workload.sell_redeeming: 6,
    Workload.take_back: 14,
    Workload.give: 7,
    Workload.correct: 7,
    Workload.block: 2,
    Workload.look: 4,
    Workload.read_lines: 3,
    Workload.report: 22,
    Workload.refund: 9,
}
"""How often each happens."""


async def live(world: World) -> None:
    """The life of one seed."""
    await Workload(world).live()
