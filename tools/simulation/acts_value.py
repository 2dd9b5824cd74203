"""Value beside sales: gifts, corrections, a lost card; balances and lines looked at."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from tools.simulation import catalogue as it
from tools.simulation import offers
from tools.simulation.acts import TRIES, Acts, by_number, by_uid
from tools.simulation.asked import Correction, Goodwill, Move
from tools.simulation.client import Client
from tools.simulation.fold import need
from tools.simulation.promises import Op

MOST_STEPS: Final = 40
"""So much at once is always within what a member may make of points."""


class Value(Acts):
    """Members, and the office."""

    async def give(self) -> None:
        """A donation, or a transfer, within the household or not."""
        rng, giver, client = self._rng, self._person(), self._client()
        if rng.random() < 0.3:
            op = self._donate(client, giver, self._much(giver, 120))
        else:
            op = self._transfer(client, giver, rng.choice(it.PEOPLE), self._much(giver, 120))
        await client.drive(op, TRIES)
        await self._again(op)

    def _donate(self, client: Client, giver: it.Person, points: int) -> Op:
        body = {"association_id": it.ASSOCIATION, "holder": by_uid(giver), "points": points}
        move_id = self._new_id("gift")
        asked = Move(kind="donation", member_id=giver.member_id, other_id=it.ASSOCIATION, points=points)
        self._world.asked.moves[move_id] = asked
        op = self._op("move", move_id, client.name, "/donations", body | {"donation_id": move_id})
        since = self._world.books.commits
        op.judge = lambda code: (
            code == "balance_too_low" and self._rights.lacks(giver.member_id, points, since, move_id=move_id)
        )
        return op

    async def spend_otherwise(self) -> None:
        """Points become a voucher of the member's own, or are paid forward; sometimes two want the same."""
        rng, person = self._rng, self._person()
        acting = []
        for _ in range(2 if self._does("at once", 0.3) else 1):
            client = self._client()
            most = max(1, self._free(person) // it.STEP_POINTS + rng.choice((0, 0, 0, 1)))
            steps = rng.choice((most, rng.randint(1, most)))
            kind = rng.choice(("conversion", "forward"))
            acting.append((client, self._spending(client, kind, person, min(steps, MOST_STEPS))))
        await self._at_once(*acting)
        await self._again(acting[0][1])

    def _spending(self, client: Client, kind: str, person: it.Person, steps: int) -> Op:
        """Whole steps of points for what they come to."""
        move_id, points = self._new_id(kind), steps * it.STEP_POINTS
        self._world.asked.moves[move_id] = Move(
            kind=kind, member_id=person.member_id, other_id=self._shop(client.name), points=points
        )
        worth = steps * it.STEP_WORTH_MINOR
        body = {f"{kind}_id": move_id, "holder": by_uid(person), "points": points, "worth_minor": worth}
        op = self._op(kind, move_id, client.name, f"/{kind}s", body)
        since = self._world.books.commits
        op.judge = lambda code: (
            code == "balance_too_low" and self._rights.lacks(person.member_id, points, since, move_id=move_id)
        )
        return op

    def _transfer(self, client: Client, giver: it.Person, taker: it.Person, points: int) -> Op:
        """Points for another: refused to strangers, as for oneself."""
        move_id = self._new_id("gift")
        self._world.asked.moves[move_id] = Move(
            kind="transfer", member_id=giver.member_id, other_id=taker.member_id, points=points
        )
        body = {"to_member_id": taker.member_id, "holder": by_uid(giver), "points": points}
        op = self._op("move", move_id, client.name, "/transfers", body | {"transfer_id": move_id})
        since, rights = self._world.books.commits, self._rights

        def judge(code: str) -> bool:
            if code == "not_one_household":
                return rights.are_strangers(giver.member_id, taker.member_id, since)
            return code == "balance_too_low" and rights.lacks(giver.member_id, points, since, move_id=move_id)

        op.judge = judge
        return op

    async def move_house(self) -> None:
        """People move together or apart, sometimes while one gives points to another."""
        rng, office = self._rng, self._office()
        homes = self._world.books.state.homes[-1][1]
        household = rng.choice(sorted({person.household for person in it.PEOPLE}))
        living = [person for person in it.PEOPLE if homes.get(person.member_id) == household]
        moving: list[it.Person] = []
        if rng.random() < 0.5 or not living:
            moving = rng.sample(it.PEOPLE, rng.randint(1, 3))
        members = [person.member_id for person in moving]
        self._world.asked.households.setdefault(household, []).append(frozenset(members))
        asking = office.ask("PUT", f"/households/{household}", {"member_ids": members}, "office")
        pair = living if len(living) > 1 else moving
        if len(pair) < 2 or rng.random() < 0.25:
            await asking
            return
        giver, taker = rng.sample(pair, 2)
        client = self._client()
        op = self._transfer(client, giver, taker, rng.randint(1, 60))
        self._world.network.rush(2)
        await asyncio.gather(asking, client.drive(op, TRIES))

    async def give_goodwill(self) -> None:
        """The counter gives points on its own; sometimes two at once want the last of the day."""
        rng = self._rng
        acting = []
        name = rng.choice(("desk-1", "desk-2"))
        for _ in range(rng.choice((1, 2, 3))):
            points = rng.choice((rng.randint(1, 30), rng.randint(20, 30), 31))
            op = self._goodwill(name, self._person(), points)
            acting.append((self._client(), op))
        await self._at_once(*acting)
        for _, op in acting:
            await self._again(op)

    def _goodwill(self, name: str, person: it.Person, points: int) -> Op:
        """The counter of a shop gives somebody points."""
        goodwill_id, shop_id = self._new_id("good"), self._shop(name)
        asked = Goodwill(member_id=person.member_id, shop_id=shop_id, points=points)
        self._world.asked.goodwill[goodwill_id] = asked
        self._world.asked.note(goodwill_id, self._now_ms())
        body = {
            "goodwill_id": goodwill_id,
            "holder": by_uid(person),
            "points": points,
            "role": offers.CLERK,
            "reason": "waited",
        }
        op = self._op("goodwill", goodwill_id, name, "/goodwill", body)
        op.must_refuse = points > offers.GOODWILL_POINTS
        op.judge = self._judge_goodwill(shop_id, points)
        return op

    def _judge_goodwill(self, shop_id: str, points: int) -> Callable[[str], bool]:
        since, asked_ms = self._world.books.commits, self._now_ms()
        return lambda code: (
            code == "latitude_exceeded" and self._rights.exceeds_goodwill(shop_id, points, since, asked_ms)
        )

    async def correct(self) -> None:
        """Staff corrects; what is too much for one waits for a second person."""
        rng, office = self._rng, self._office()
        person, by = self._person(), rng.choice(("office", "second"))
        much = rng.choice((rng.randint(1, 80), rng.randint(400, 700), it.ALONE_POINTS))
        points = much if rng.random() < 0.5 else -rng.choice((much, self._much(person, 80)))
        op = self._correction(person, points, by)
        if not await office.drive(op, TRIES):
            return
        await self._again(op)
        if self._world.books.state.corrections[op.op_id]["state"] == "pending":
            await self._decide(op, by)

    def _correction(self, person: it.Person, points: int, by: str) -> Op:
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
        op = self._op("correction", correction_id, by, "/corrections", body)
        op.judge = self._judge_correction(person.member_id, points)
        return op

    def _judge_correction(self, member_id: str, points: int) -> Callable[[str], bool]:
        """Only what is not there cannot be taken away; what is owed does not count here."""
        since = self._world.books.commits
        return lambda code: (
            (
                code == "balance_too_low"
                and points < 0
                and self._rights.lacks(member_id, -points, since, owing=False)
            )
            or (code == "member_merged" and member_id in self._world.books.state.merged)
        )

    async def _decide(self, asked: Op, by: str) -> None:
        """A second person decides, or the same one tries; sometimes yes and no are said at once."""
        rng = self._rng
        judge = by if rng.random() < 0.3 else ("second" if by == "office" else "office")
        path = f"/corrections/{asked.op_id}/decision"
        words = (True, False) if rng.random() < 0.3 else (rng.random() < 0.8,)
        acting = []
        for word in words:
            may = frozenset({"second_person_needed"}) if judge == by else frozenset[str]()
            op = self._op("decision", f"{asked.op_id}-{word}", judge, path, {"approve": word}, may)
            op.must_refuse = judge == by
            op.judge = self._judge_decision(asked, word)
            acting.append((self._office(), op))
        await self._at_once(*acting)
        done = [op for _, op in acting if op.state == "done"]
        need(len(done) <= 1, "3 duplicate", "yes and no were both taken:", asked.op_id)

    def _judge_decision(self, asked: Op, word: bool) -> Callable[[str], bool]:
        lacks = self._judge_correction(asked.body["member_id"], asked.body["points"])

        def judge(code: str) -> bool:
            row = self._world.books.state.corrections[asked.op_id]
            if code == "correction_decided":
                return row["state"] not in ("pending", "posted" if word else "refused")
            return word and lacks(code)

        return judge

    async def correct_much(self) -> None:
        """One person corrects again and again: what is too much for a day waits for a second."""
        by, rng = self._rng.choice(("office", "second")), self._rng
        person, is_both_ways = self._person(), rng.random() < 0.5
        ops = []
        for number in range(rng.randint(4, 6)):
            sign = -1 if is_both_ways and number % 2 else 1  # taken away again what was given
            ops.append(self._correction(person, sign * rng.randint(400, 500), by))
        first = len(ops) - rng.randint(1, 2)
        for op in ops[:first]:
            await self._office().drive(op, TRIES)
            if rng.random() < 0.2:
                self._world.around.slept_ms += rng.choice((it.DAY_MS // 2, it.DAY_MS, it.DAY_MS - 5_000))
        await self._at_once(*((self._office(), op) for op in ops[first:]))

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
        if how == 0:
            stood = {owed for _, owed in books.spendable_since(person.member_id, before, self._now_ms())}
            if person.member_id in books.state.merged:
                stood.add(0)
            is_right = view["points_owed"] in stood
            need(is_right, "1 conservation", "a debt that never stood", person.member_id, view, stood)
        else:
            worth = told // it.STEP_POINTS * it.STEP_WORTH_MINOR
            need(view["profile"]["worth_minor"] == worth, "8 authority", "points are worth", view["profile"])
        right = []
        # The office asks for a record, which a merge leaves empty; a card leads to whom the record went.
        asked = [person.member_id] if how == 0 else books.state.who_since(person.member_id, before)
        for member_id in asked:
            history = books.history[member_id]
            right += [balance for commit, balance in history if commit <= before][-1:]
            right += [balance for commit, balance in history if commit > before]
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
        if sold.ticket.member_id in self._world.books.state.erased:  # see `acts_leaving.py`
            return
        view = msgspec.json.decode(answer.body)
        found = [(line["line_no"], line["quantity"], line["amount_minor"]) for line in view["lines"]]
        amounts = sold.line_amounts
        right = [(line.line_no, line.quantity, amounts[line.line_no]) for line in sold.ticket.lines]
        need(found == right, "1 conservation", "lines differ", told["sale_id"], found, right)
        need(
            {line["line_no"]: line["points"] for line in view["lines"]} == sold.line_points,
            "1 conservation", "points by line differ", told["sale_id"],
        )  # fmt: skip
        rows = self._world.rows()
        if sold.ticket.member_id is not None and rows is not None and before is not None:
            need(rows.count("read_log") > before, "9 read audit", "lines were read unlogged", told["sale_id"])
