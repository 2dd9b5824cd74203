"""Acts of clerks: judged by the group's policy, noted with who did them, within limits of the day."""

from dataclasses import dataclass
from typing import Final

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.sealed_people import require_there
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.group.staff import Clerk, StaffService
from central.storage.interface.counter import ActLimitReached, ActLimits, CounterActRow
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.counter import ActPolicy, CounterAct, CounterLimit, require_role
from wire import api_counter, api_messages

BY_MEMBER: Final = "member"
"""Who did it, where no clerk did."""


@dataclass(frozen=True, slots=True)
class Acting:
    """A clerk about to do something: allowed by role, to be noted with what it is done to."""

    actor: Actor
    group: Group
    clerk: Clerk
    act: CounterAct
    policy: ActPolicy
    day: str
    now_ms: int

    @property
    def limits(self) -> ActLimits:
        """How often in a day."""
        return ActLimits(self.policy.per_staff_day, self.policy.per_member_day)

    def refusal(self, reached: ActLimitReached) -> CounterLimit:
        """What the clerk is told."""
        most = self.policy.per_staff_day if reached.whose == "staff" else self.policy.per_member_day
        return CounterLimit(most=most, act=self.act.value, whose=reached.whose)


class CounterActs:
    """Begins, notes and lists acts."""

    def __init__(
        self, context: Context, groups: GroupsService, shops: ShopsService, staff: StaffService
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._staff = staff

    async def begin(self, actor: Actor, clerk: str, act: CounterAct) -> Acting:
        """Who does it, and whether the role may. Raises: PermissionMissing, SignInOver, RoleMayNot."""
        who = await self._staff.get(actor, clerk)
        group = await self._groups.get(actor.group_id)
        policy = group.settings.counter.policy_of(act)
        require_role(policy, act, who.role)
        shop = await self._shops.get_row(actor.group_id, who.shop_id)
        now_ms = self._clock()
        day = local_day(now_ms, await self._zones.get(shop.time_zone)).isoformat()
        return Acting(actor, group, who, act, policy, day, now_ms)

    def row(
        self,
        acting: Acting,
        act_id: str,
        content: object,
        *,
        reason: str,
        member_id: str | None = None,
        from_id: str | None = None,
        sale_id: str | None = None,
    ) -> CounterActRow:
        """The act as it is kept. `content`: what makes it the same; never a PIN, pass or card message."""
        plain = msgspec.json.encode([acting.act.value, content], order="deterministic")
        return CounterActRow(
            group_id=acting.actor.group_id,
            act_id=act_id,
            kind=acting.act.value,
            input_hash=self._vault.content_hash(acting.actor.group_id, plain),
            shop_id=acting.clerk.shop_id,
            token_id=acting.actor.token_id,
            staff_id=acting.clerk.staff_id,
            role=acting.clerk.role,
            member_id=member_id,
            from_id=from_id,
            sale_id=sale_id,
            reason=reason,
            day=acting.day,
            at_ms=acting.now_ms,
        )

    async def row_of_member(
        self, actor: Actor, act: CounterAct, act_id: str, content: object, *, member_id: str, sale_id: str
    ) -> CounterActRow:
        """What a member did at a kiosk without a clerk, as it is kept. Raises: ShopMissing, ShopNotFound."""
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, None))
        now_ms = self._clock()
        plain = msgspec.json.encode([act.value, content], order="deterministic")
        return CounterActRow(
            group_id=actor.group_id,
            act_id=act_id,
            kind=act.value,
            input_hash=self._vault.content_hash(actor.group_id, plain),
            shop_id=shop.shop_id,
            token_id=actor.token_id,
            staff_id="",
            role=BY_MEMBER,
            member_id=member_id,
            from_id=None,
            sale_id=sale_id,
            reason="",
            day=local_day(now_ms, await self._zones.get(shop.time_zone)).isoformat(),
            at_ms=now_ms,
        )

    async def note(self, acting: Acting, row: CounterActRow) -> bool:
        """Note an act before it is done; True: it was before. Raises: IdempotencyConflict, CounterLimit."""
        try:
            return (await self._store.add_counter_act(row, acting.limits)).is_replay
        except ActLimitReached as reached:
            raise acting.refusal(reached) from reached

    async def note_message(self, actor: Actor, member_id: str, body: api_messages.MessageBody) -> None:
        """A clerk writes to a member: noted before it is kept, once for a message.

        Raises: PermissionMissing, SignInOver, RoleMayNot, MemberNotFound, MemberMerged, CounterLimit,
            IdempotencyConflict.
        """
        assert body.clerk is not None, "a clerk's message"
        acting = await self.begin(actor, body.clerk, CounterAct.MESSAGE)
        require_there(await self._store.find_member(actor.group_id, member_id), member_id)
        said = [member_id, body.channel, body.subject, body.text]
        act_id = f"message/{body.message_id}"  # its id is of messages, not one of those that tills give acts
        await self.note(acting, self.row(acting, act_id, said, reason=body.channel, member_id=member_id))

    async def list_acts(
        self, actor: Actor, query: api_counter.CounterActsQuery
    ) -> api_counter.CounterActListView:
        """What clerks did, for head office."""
        access.require(actor, access.COUNTER_READ)
        rows = await self._store.list_counter_acts(actor.group_id, query.from_ms, query.to_ms, PAGE_ROWS_MAX)
        more = len(rows) == PAGE_ROWS_MAX
        return api_counter.CounterActListView(
            acts=[_view_of(row) for row in rows], next_to_ms=rows[-1].at_ms + 1 if more else None
        )


def _view_of(row: CounterActRow) -> api_counter.CounterActView:
    return api_counter.CounterActView(
        act_id=row.act_id,
        kind=row.kind,
        shop_id=row.shop_id,
        staff_id=row.staff_id,
        role=row.role,
        member_id=row.member_id,
        from_id=row.from_id,
        sale_id=row.sale_id,
        reason=row.reason,
        day=row.day,
        at_ms=row.at_ms,
    )
