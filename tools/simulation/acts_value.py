"""Value beside sales: gifts, corrections, a lost card; balances and lines looked at."""

import msgspec

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Acts, by_number, by_uid
from tools.simulation.asked import Correction, Move
from tools.simulation.books import need


class Value(Acts):
    """Members, and the office."""

    async def give(self) -> None:
        """A donation, or a transfer, within the household or not."""
        rng, giver, client = self._rng, self._person(), self._client()
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
        body = names | {"holder": by_uid(giver), "points": points}
        op = self._op("move", move_id, client.name, path, body, may)
        op.must_refuse = "not_one_household" in may
        await client.drive(op, TRIES)
        await self._again(op)

    async def run_into_debt(self) -> None:
        """Points are earned, given away, and their goods come back: the member owes, and buys again."""
        client, person = self._client(), self._person()
        units = self._rng.randint(50, 200)
        sale, ticket = self._sale((it.Line(1, it.SUN_CREAM, 4, units * it.PER_MINOR),), person)
        if not await client.drive(sale, TRIES):
            return
        balance = self._world.books.state.balances[f"member/{person.member_id}/points"]
        move_id = self._new_id("gift")
        self._world.asked.moves[move_id] = Move(
            kind="donation", member_id=person.member_id, other_id=it.ASSOCIATION, points=max(1, balance)
        )
        body = {
            "donation_id": move_id,
            "association_id": it.ASSOCIATION,
            "holder": by_uid(person),
            "points": max(1, balance),
        }
        giving = self._op("move", move_id, client.name, "/donations", body, frozenset({"balance_too_low"}))
        await client.drive(giving, TRIES)
        back = self._return(client.name, sale.op_id, ticket, ((1, self._rng.randint(1, 4)),))
        back.may_refuse = frozenset({"return_exceeds_sale"})
        await client.drive(back, TRIES)
        for _ in range(2):
            paid = (it.Line(1, it.SHAMPOO, 1, self._rng.randint(5, 60) * it.PER_MINOR),)
            await client.drive(self._sale(paid, person)[0], TRIES)

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

    async def look(self) -> None:
        """A balance told is one that stood while it was asked for."""
        person, books = self._person(), self._world.books
        before = books.commits
        how = self._rng.randrange(3)
        if how == 0:
            answer = await self._office().ask("GET", f"/members/{person.member_id}/balance", None, "office")
        else:
            evidence = by_uid(person) if how == 1 else by_number(person)
            answer = await self._client().ask("POST", "/identify", {"evidence": evidence}, "t-1")
        if answer is None or answer.status != 200:
            return
        view = msgspec.json.decode(answer.body)
        told = view["points"] if how == 0 else view["profile"]["points"]
        if how == 2:
            need(told is None, "8 authority", "a typed number sees the balance of", person.member_id)
            return
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
