"""My pharmacist: staff who agreed to be shown; chosen by the member, or named by staff for them.

Nobody is shown who did not agree, or serves no more: whoever had them as their pharmacist has none then.
"""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import require_there
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.group.staff import StaffUnknown
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed
from central.storage.interface.pharmacists import MemberPharmacistRow, ShownStaff, ShownStaffRow
from central.storage.interface.rows import MemberRow, ShopRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.shops import PHARMACISTS_OFFERED_MAX, SHOWN_STAFF_MAX
from loyalty.programme.identification import Act
from wire import api_pharmacists as wire
from wire.api_my_value import HolderBody


class PharmacistUnknown(LoyaltyError):
    """Nobody of this name is shown to members."""

    code = "pharmacist_unknown"
    trouble = Trouble.NOT_FOUND
    text = "Nobody called {staff_id} is shown to members here. They agree first: officine staff show."


class ShownStaffTooMany(LoyaltyError):
    """More than a screen can choose from."""

    code = "shown_staff_too_many"
    trouble = Trouble.REFUSED
    text = "At most {most} clerks can be shown to members. Hide those who serve no more."


class PharmacistsService:
    """Shows staff to members, and keeps whose they are."""

    def __init__(
        self, context: Context, *, groups: GroupsService, shops: ShopsService, identify: IdentifyService
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups
        self._shops = shops
        self._identify = identify

    async def put_shown(self, actor: Actor, staff_id: str, body: wire.ShownStaffBody) -> wire.ShownStaffView:
        """A clerk agreed to be shown, or takes it back. Raises: StaffUnknown, ShownStaffTooMany."""
        access.require(actor, access.STAFF_WRITE)
        staff = await self._store.find_staff(actor.group_id, staff_id)
        if staff is None:
            raise StaffUnknown(staff_id=staff_id)
        if not body.agreed:
            await self._store.hide_staff(actor.group_id, staff_id)
            return wire.ShownStaffView(staff_id=staff_id, is_shown=False, name="", title="")
        shown = await self._store.list_shown_staff(actor.group_id, SHOWN_STAFF_MAX)
        if len(shown) >= SHOWN_STAFF_MAX and staff_id not in {each.staff_id for each in shown}:
            raise ShownStaffTooMany(most=SHOWN_STAFF_MAX)
        row = await self._store.put_shown_staff(
            ShownStaffRow(
                group_id=actor.group_id,
                staff_id=staff_id,
                name=" ".join(body.name.split()),
                title=body.title,
                agreed_ms=self._clock(),
                actor=actor.token_id,
            )
        )
        return wire.ShownStaffView(staff_id=staff_id, is_shown=True, name=row.name, title=row.title)

    async def show(self, actor: Actor, body: HolderBody) -> wire.MyPharmacistView:
        """The member's pharmacist and who may be chosen.

        Raises: the refusals of a card, CarerMayNot, ShopMissing.
        """
        member = await self._member(actor, body)
        return await self._view(actor, member)

    async def choose(self, actor: Actor, body: wire.PharmacistChoiceBody) -> wire.MyPharmacistView:
        """The member chooses; the same again changes nothing.

        Raises: the refusals of a card, CarerMayNot, ShopMissing, PharmacistUnknown, TryAgain.
        """
        member = await self._member(actor, HolderBody(holder=body.holder))
        await self._put(actor, member.member_id, body.staff_id, chosen_by="member")
        return await self._view(actor, member)

    async def put_of_member(
        self, actor: Actor, member_id: str, body: wire.MemberPharmacistBody
    ) -> wire.MemberPharmacistView:
        """Staff name a member's pharmacist. Raises: MemberNotFound, MemberMerged, PharmacistUnknown."""
        access.require(actor, access.MEMBERS_WRITE)
        require_there(await self._store.find_member(actor.group_id, member_id), member_id)
        await self._put(actor, member_id, body.staff_id, chosen_by="staff")
        row = await self._store.find_member_pharmacist(actor.group_id, member_id)
        return wire.MemberPharmacistView(
            member_id=member_id,
            staff_id=row.staff_id if row else None,
            chosen_by=("member" if row.chosen_by == "member" else "staff") if row else None,
            at_ms=row.at_ms if row else None,
        )

    async def of_member(self, actor: Actor, member_id: str, shop_id: str) -> dict[str, str]:
        """The member's pharmacist and the shop where they are reached, by staff id; empty: there is none."""
        link = await self._store.find_member_pharmacist(actor.group_id, member_id)
        shown = await self._store.list_shown_staff(actor.group_id, SHOWN_STAFF_MAX)
        return {
            each.staff_id: each.shop_id or shop_id
            for each in shown
            if link is not None and each.staff_id == link.staff_id
        }

    async def _put(self, actor: Actor, member_id: str, staff_id: str | None, *, chosen_by: str) -> None:
        if staff_id is None:
            await self._store.drop_member_pharmacist(actor.group_id, member_id)
            return
        shown = await self._store.list_shown_staff(actor.group_id, SHOWN_STAFF_MAX)
        if staff_id not in {each.staff_id for each in shown}:
            raise PharmacistUnknown(staff_id=staff_id)
        row = MemberPharmacistRow(
            group_id=actor.group_id,
            member_id=member_id,
            staff_id=staff_id,
            chosen_by=chosen_by,
            at_ms=self._clock(),
            actor=actor.token_id,
        )
        try:
            await self._store.put_member_pharmacist(row)
        except GuardFailed as error:  # erased or merged since they were looked at
            raise TryAgain from error

    async def _member(self, actor: Actor, body: HolderBody) -> MemberRow:
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.SEE_BALANCE, self._clock()
        )
        holder.require_own()
        return holder.member

    async def _view(self, actor: Actor, member: MemberRow) -> wire.MyPharmacistView:
        here = access.shop_of(actor, None)
        usual = member.home_shop_id or here
        shops = {row.shop_id: row for row in await self._store.list_shops(actor.group_id)}
        link = await self._store.find_member_pharmacist(actor.group_id, member.member_id)
        mine, near = None, []
        for each in await self._store.list_shown_staff(actor.group_id, SHOWN_STAFF_MAX):
            is_theirs = link is not None and each.staff_id == link.staff_id
            shop = shops.get(each.shop_id or (here if is_theirs else usual))
            if shop is None:
                continue
            if is_theirs:
                mine = _pharmacist(each, shop)
            elif each.shop_id in (None, usual, here):
                near.append(_pharmacist(each, shop))
        near.sort(key=lambda one: (one.shop_id != usual, one.title != "pharmacist"))
        return wire.MyPharmacistView(mine=mine, others=near[:PHARMACISTS_OFFERED_MAX])


def _pharmacist(staff: ShownStaff, shop: ShopRow) -> wire.PharmacistView:
    return wire.PharmacistView(
        staff_id=staff.staff_id,
        name=staff.name,
        title="pharmacist" if staff.title == "pharmacist" else "assistant",
        shop_id=shop.shop_id,
        shop_name=shop.name,
        phone=shop.phone,
    )
