"""Tickets that came with their card long after they were paid, by a till alone: so many a day for a member.

A till that could not reach its terminal sends them, and so does one whose clerk adds a card to other people's
paper. Central cannot tell the two apart: what is counted is the member, who rarely shops so often.
"""

import msgspec

from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.storage.interface.counter import ActLimits, CounterActRow, NotedAct
from central.storage.interface.rows import ShopRow
from loyalty.programme.counter import CounterAct
from wire.api_sales import SaleBody

BY_TILL = "till"
"""The role of who did it, where a till's word alone says who."""


class LateCards:
    """Has them noted as forgotten cards, with what is booked."""

    def __init__(self, context: Context) -> None:
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones

    async def act_of(
        self, actor: Actor, group: Group, shop: ShopRow, body: SaleBody, member_id: str
    ) -> NotedAct:
        """What is noted with this ticket, once: the same again changes nothing."""
        policy = group.settings.counter.policy_of(CounterAct.LATE_CARD)
        now_ms = self._clock()
        content = msgspec.json.encode([CounterAct.LATE_CARD.value, body.sale_id])
        row = CounterActRow(
            group_id=actor.group_id,
            act_id=f"{body.sale_id}:late",
            kind=CounterAct.LATE_CARD.value,
            input_hash=self._vault.content_hash(actor.group_id, content),
            shop_id=shop.shop_id,
            token_id=actor.token_id,
            staff_id=body.operator,
            role=BY_TILL,
            member_id=member_id,
            from_id=None,
            sale_id=body.sale_id,
            reason="late_award",
            day=local_day(now_ms, await self._zones.get(shop.time_zone)).isoformat(),
            at_ms=now_ms,
        )
        return NotedAct(row, ActLimits(per_staff=0, per_member=policy.per_member_day))
