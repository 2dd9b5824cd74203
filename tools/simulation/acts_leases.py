"""Points set aside for a shop, burned in it while it has no line, settled late, given back."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Basket, by_uid
from tools.simulation.acts_edges import Edges
from tools.simulation.asked import Lease
from tools.simulation.client import Client
from tools.simulation.promises import Op

MARGIN_MS: Final = 10 * 60_000


class Leases(Edges):
    """A terminal that is told of its leases, and burns inside them without asking anybody."""

    async def lease(self) -> None:
        """Set aside, burn in pieces in a cut while others spend online, settle in order, give back."""
        rng, client = self._rng, self._client()
        person = rng.choice([each for each in self._people if each != it.SECOND] or [it.PEOPLE[0]])
        asking = self._ask(client, person)
        await client.drive(asking, TRIES)
        if asking.state != "done":
            return
        assert asking.told is not None
        lease_id, left, ends_ms = asking.op_id, asking.told["amount"], asking.told["expires_ms"]
        waiting: list[Op] = []
        for _ in range(rng.randint(0, 3)):
            if left and self._now_ms() < ends_ms - MARGIN_MS:
                points = it.STEP_POINTS * rng.randint(1, left // it.STEP_POINTS)
                left -= points
                waiting.append(self._burn(client, person, lease_id, points))
            if self._does("spends online", 0.4):
                await self._spend_all(self._client(), person)
            if self._does("hours pass", 0.2):
                self._world.around.slept_ms += rng.choice((1, 20, 60)) * 3_600_000
        if rng.random() < 0.25:  # before its tickets are delivered: what it says does not agree yet
            await client.drive(self._give_back(client, lease_id), 1)
        for op in waiting:
            await client.drive(op, TRIES)
            await self._again(op)
        if rng.random() < 0.7:
            await client.drive(self._give_back(client, lease_id), TRIES)
        await asyncio.sleep(rng.random())

    def _ask(self, client: Client, person: it.Person) -> Op:
        lease_id = self._new_id("lease")
        token = self._token(client.name)
        self._world.asked.leases[lease_id] = Lease(member_id=person.member_id, terminal_id=token)
        op = self._op(
            "lease", lease_id, client.name, "/leases", {"lease_id": lease_id, "holder": by_uid(person)}
        )
        op.judge = self._judge_lease(person.member_id, token)
        return op

    def _judge_lease(self, member_id: str, terminal_id: str) -> Callable[[str], bool]:
        """Nothing may be set aside where one is live here, or what may be is less than a step."""
        books = self._world.books
        since = books.commits

        def judge(code: str) -> bool:
            if code != "lease_not_granted":
                return False
            leases = [each for each in books.state.leases.values() if each.lived_since(since)]
            here = [each for each in leases if each.row["terminal_id"] == terminal_id]
            if any(each.row["member_id"] == member_id for each in here):
                return True
            at_terminal = sum(each.row["amount"] - min(each.drawn_since(since)) for each in here)
            if it.LEASE_TERMINAL_POINTS - at_terminal < it.STEP_POINTS:
                return True
            mine = [each for each in leases if each.row["member_id"] == member_id]
            leased = sum(each.row["amount"] - min(each.drawn_since(since)) for each in mine)
            stood = books.spendable_since(member_id, since, self._now_ms())
            least_free = min(free - owed for free, owed in stood)
            # All there is, but what others hold or has expired: no more than that is known of the balance.
            least_own = least_free + leased
            most = min(least_free, least_own * it.LEASE_SHARE_BP // 10_000 - leased)
            return bool(most < it.STEP_POINTS)

        return judge

    def _burn(self, client: Client, person: it.Person, lease_id: str, points: int) -> Op:
        """A ticket that points of the lease pay now, and that is sent later."""
        worth_minor = points // it.STEP_POINTS * it.STEP_WORTH_MINOR
        lines = (it.Line(1, it.SHAMPOO, 1, worth_minor + self._rng.randint(0, 2_000)),)
        now_ms = self._now_ms()
        burn: dict[str, Any] = {"lease_id": lease_id, "points": points, "drawn_ms": now_ms}
        op, ticket = self._sale(
            Basket(lines), person, shop=client.name, occurred_ms=now_ms, more={"lease": burn}, redeem=points
        )
        self._world.asked.ticket(replace(ticket, lease_id=lease_id), now_ms)
        self._world.asked.leases[lease_id].burned.append((op.op_id, points))
        op.judge = lambda _: False  # the goods are gone: it is never refused
        return op

    def _give_back(self, client: Client, lease_id: str) -> Op:
        lease = self._world.asked.leases[lease_id]
        drawn = sum(points for _, points in lease.burned)
        lease.said_drawn.add(drawn)
        path, op_id = f"/leases/{lease_id}/return", self._new_id("back")
        op = self._op("lease_return", op_id, client.name, path, {"drawn": drawn})
        since = self._world.books.commits

        def judge(code: str) -> bool:
            settled = self._world.books.state.leases[lease_id].drawn_since(since)
            return bool(code == "lease_unsettled" and settled != {drawn})

        op.judge = judge
        return op
