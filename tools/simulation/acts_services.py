"""Services sold ahead: paid for now, drawn unit by unit in any shop; two may draw the last one."""

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, by_number, by_uid
from tools.simulation.acts_stored import Stored
from tools.simulation.asked import Draw, Load
from tools.simulation.client import Client
from tools.simulation.promises import Op


class Services(Stored):
    """At the counters' own computers."""

    async def sell_ahead(self) -> None:
        """Some units are sold; whoever knows a card's number alone may pay for its member."""
        acting = []
        for _ in range(2 if self._does("at once", 0.25) else 1):
            client = self._client()
            acting.append((client, self._sell_ahead(client.name, self._person(), self._rng.randint(1, 4))))
        await self._at_once(*acting)
        await self._again(acting[0][1])

    def _sell_ahead(self, name: str, person: it.Person, units: int) -> Op:
        act_id = self._new_id("ahead")
        load = Load(member_id=person.member_id, shop_id=self._shop(name), amount=units, is_service=True)
        self._world.asked.loads[act_id] = load
        body = {"sale_id": act_id, "holder": by_uid(person), "service_id": it.SERVICE, "units": units}
        return self._op("service_sold", act_id, name, "/services/sales", body)

    async def draw_service(self) -> None:
        """Services are rendered: some, all there are, or one more; perhaps in both shops at once."""
        rng = self._rng
        person, state = self._person(), self._world.books.state
        account = it.services_of(state.who(person.member_id))
        if account not in state.stored or rng.random() < 0.15:
            await self._sell_some(person)
        free = state.stored[account][-1][1]
        acting = []
        for _ in range(2 if self._does("at once", 0.35) else 1):
            client = self._client()
            units = max(1, rng.choice((1, 1, rng.randint(1, 4), free, free + 1)))
            acting.append((client, self._draw(client.name, person, units)))
        if rng.random() < 0.1:
            acting[0][1].body["holder"] = by_number(person)
            acting[0][1].may_refuse, acting[0][1].must_refuse = frozenset({"strength_too_low"}), True
        await self._at_once(*acting)
        await self._again(acting[0][1])

    async def _sell_some(self, person: it.Person) -> None:
        client: Client = self._client()
        await client.drive(self._sell_ahead(client.name, person, self._rng.randint(1, 4)), TRIES)

    def _draw(self, name: str, person: it.Person, units: int) -> Op:
        act_id, member_id = self._new_id("draw"), person.member_id
        self._world.asked.draws[act_id] = Draw(member_id=member_id, shop_id=self._shop(name), units=units)
        body = {"draw_id": act_id, "holder": by_uid(person), "service_id": it.SERVICE, "units": units}
        op = self._op("service_drawn", act_id, name, "/services/draws", body)
        since, state = self._world.books.commits, self._world.books.state

        def judge(code: str) -> bool:
            stood = state.stored_since(it.services_of(member_id), since)
            return code == "stored_value_too_low" and any(free < units for free, _ in stood)

        op.judge = judge
        return op
