"""Associations as a member at a kiosk sees them: the own one, and what was paid in all (C-22, C-24)."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.group.groups import GroupsService
from central.services.members.identify import IdentifyService
from central.storage.interface.parties import PartyRow
from central.storage.interface.settlement import PaidSum
from loyalty.limits.my_value import ASSOCIATIONS_TOLD_MAX
from loyalty.programme.identification import Act
from loyalty.programme.party import PartyKind, PartyState
from wire import api_my_value as api


class MyAssociationsService:
    """Reads alone; a donation is `GiftsService.donate`."""

    def __init__(self, context: Context, groups: GroupsService, identify: IdentifyService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups
        self._identify = identify

    async def show(self, actor: Actor, body: api.HolderBody) -> api.MyAssociationsView:
        """The group's active associations, the holder's own first, each with the sums of its panel.

        No shop, no month and no name of a member stands in it.

        Raises: the refusals of a card, StrengthTooLow, CarerMayNot.
        """
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.SEE_BALANCE, self._clock()
        )
        holder.require_own()
        member_id = holder.member.member_id
        spans = await self._store.list_associations_of(actor.group_id, member_id)
        mine = next((span.association_id for span in spans if span.to_ms is None), None)
        active = [
            row
            for row in await self._store.list_parties(actor.group_id)
            if row.kind == PartyKind.ASSOCIATION and row.state == PartyState.ACTIVE
        ]
        active.sort(key=lambda row: (row.party_id != mine, row.name, row.party_id))
        told = active[:ASSOCIATIONS_TOLD_MAX]
        paid = await self._store.sum_payouts(actor.group_id, [row.party_id for row in told])
        stood = await self._store.find_points(actor.group_id, member_id)
        return api.MyAssociationsView(
            points=max(0, stood.balance - stood.held - stood.owed),
            currency=group.row.currency,
            associations=[
                _view(row, paid.get(row.party_id, PaidSum()), is_mine=row.party_id == mine) for row in told
            ],
        )


def _view(row: PartyRow, paid: PaidSum, *, is_mine: bool) -> api.MyAssociationView:
    return api.MyAssociationView(
        association_id=row.party_id,
        name=row.name,
        is_mine=is_mine,
        paid_minor=paid.paid_minor,
        points=paid.points,
        months=paid.months,
        last_month=paid.last_month,
    )
