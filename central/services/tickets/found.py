"""Tickets of members who were found without a card: each is an act of the clerk who found them (C-02)."""

import msgspec

from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.found_words import Found
from central.services.core.group import Group
from central.storage.interface.counter import ActLimits, CounterActRow, NotedAct
from central.storage.interface.rows import ShopRow
from loyalty.programme.counter import CounterAct


class FoundTickets:
    """Has them noted with what is booked: one for each search, so many a day."""

    def __init__(self, context: Context) -> None:
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones

    async def act_of(self, actor: Actor, group: Group, shop: ShopRow, sale_id: str, found: Found) -> NotedAct:
        """What is noted with this ticket, once: the same again changes nothing."""
        policy = group.settings.counter.policy_of(CounterAct.FOUND_TICKET)
        now_ms = self._clock()
        content = msgspec.json.encode([CounterAct.FOUND_TICKET.value, sale_id, found.member_id])
        row = CounterActRow(
            group_id=actor.group_id,
            act_id=f"{found.act_id}:ticket",
            kind=CounterAct.FOUND_TICKET.value,
            input_hash=self._vault.content_hash(actor.group_id, content),
            shop_id=found.shop_id,
            token_id=actor.token_id,
            staff_id=found.staff_id,
            role=found.role,
            member_id=found.member_id,
            from_id=None,
            sale_id=sale_id,
            reason=found.strength.name.lower(),
            day=local_day(now_ms, await self._zones.get(shop.time_zone)).isoformat(),
            at_ms=now_ms,
        )
        return NotedAct(row, ActLimits(policy.per_staff_day, policy.per_member_day))
