"""What the holder of a card has: points and when they end, the tier on its way, vouchers that can be used.

Asked where members stand, by the card alone (`sales.tell`); the evidence says how much is told.
"""

from collections.abc import Sequence
from datetime import date, tzinfo

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.groups import GroupsService
from central.services.members.identify import IdentifyService
from central.services.members.profile import ProfileService
from central.services.members.standings import StandingsService
from central.storage.interface.value import LotRow
from central.storage.interface.vouchers import VoucherRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.limits.my_value import MY_VOUCHERS_MAX
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from loyalty.programme.voucher import voucher_code
from loyalty.value.secret_numbers import spaced
from wire import api_my_value as api


class VoucherNotThere(LoyaltyError):
    """It was used meanwhile, or is another member's."""

    code = "voucher_not_there"
    trouble = Trouble.NOT_FOUND
    text = "This member has no such voucher to use now. Ask what there is again."


class HoldingsService:
    """Reads alone; nothing here moves."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        identify: IdentifyService,
        profiles: ProfileService,
        standings: StandingsService,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._vault = context.vault
        self._groups = groups
        self._identify = identify
        self._profiles = profiles
        self._standings = standings

    async def show(self, actor: Actor, body: api.HolderBody) -> api.MyValueView:
        """Points with their ends, tier, vouchers without their numbers, to who may see a balance.

        Raises: the refusals of a card, StrengthTooLow.
        """
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.SEE_BALANCE, now_ms)
        member_id = holder.member.member_id
        zone = await self._profiles.zone_of(actor.group_id, actor.shop_id)
        rows = await self._store.list_open_lots(actor.group_id, member_points(member_id), str(POINTS))
        live = [row for row in rows if row.expires_ms is None or row.expires_ms > now_ms]
        stood = await self._store.find_points(actor.group_id, member_id)
        vouchers = await self._store.list_vouchers_of(actor.group_id, member_id, now_ms, MY_VOUCHERS_MAX)
        return api.MyValueView(
            points=stood.balance,
            pending=stood.pending,
            currency=group.row.currency,
            worth_minor=worth_minor(group.programme, max(0, stood.balance)),
            lasting=sum(row.remaining for row in live if row.expires_ms is None),
            expiries=expiries_of(live, zone),
            tier=await self._tier(group, member_id),
            vouchers=[_voucher_view(group, each.row, _last_day(each.expires_ms, zone)) for each in vouchers],
        )

    async def tell_voucher(self, actor: Actor, body: api.TellVoucherBody) -> api.MyVoucherNumberView:
        """A voucher's number. Whoever has it can spend it, so it takes what spending points takes.

        Raises: VoucherNotThere, the refusals of a card, StrengthTooLow, CardProofNeeded.
        """
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.REDEEM, now_ms)
        member_id = holder.member.member_id
        zone = await self._profiles.zone_of(actor.group_id, actor.shop_id)
        there = await self._store.list_vouchers_of(actor.group_id, member_id, now_ms, MY_VOUCHERS_MAX)
        found = next((each for each in there if each.row.voucher_id == body.voucher_id), None)
        if found is None:
            raise VoucherNotThere
        view = _voucher_view(group, found.row, _last_day(found.expires_ms, zone))
        number = voucher_code(self._vault.voucher_secret(actor.group_id, body.voucher_id))
        return api.MyVoucherNumberView(
            voucher_id=view.voucher_id,
            definition=view.definition,
            names=view.names,
            worth_minor=view.worth_minor,
            last_day=view.last_day,
            redeem_on=view.redeem_on,
            code=spaced(number),
            payload=number,
        )

    async def _tier(self, group: Group, member_id: str) -> api.MyTierView | None:
        policy = group.programme.tiers
        if policy is None:
            return None
        found = await self._standings.tier_of(group.row.group_id, member_id)
        held, worked_out = found.by_hand, found.by_purchases
        assert worked_out is not None, "the programme has tiers"
        following = next((step for step in policy.steps if step.tier == worked_out.next_tier), None)
        tier = worked_out.tier if held is None else held.value
        names = group.settings.tier_names
        return api.MyTierView(
            tier=tier,
            by="purchases" if held is None else "hand",
            until=None if held is None else held.until_day,
            count=policy.count.value,
            counted=worked_out.counted,
            period_from=policy.begins_on(found.day).isoformat(),
            next_tier=worked_out.next_tier,
            next_at=0 if following is None else following.at,
            missing=worked_out.missing,
            names=dict(names.get(tier or "", {})),
            next_names=dict(names.get(worked_out.next_tier or "", {})),
        )


def expiries_of(rows: Sequence[LotRow], zone: tzinfo) -> list[api.ExpiryView]:
    """What expires, by the month of its last good day, the next first: a lot ends at the next midnight."""
    months: dict[tuple[int, int], list[tuple[date, int]]] = {}
    for row in rows:
        if row.expires_ms is not None:
            day = local_day(row.expires_ms - 1, zone)
            months.setdefault((day.year, day.month), []).append((day, row.remaining))
    return [
        api.ExpiryView(
            points=sum(points for _, points in parts),
            first_day=min(day for day, _ in parts).isoformat(),
            last_day=max(day for day, _ in parts).isoformat(),
        )
        for _, parts in sorted(months.items())
    ]


def _last_day(expires_ms: int | None, zone: tzinfo) -> str:
    return "" if expires_ms is None else local_day(expires_ms - 1, zone).isoformat()


def _voucher_view(group: Group, row: VoucherRow, last_day: str) -> api.MyVoucherView:
    return api.MyVoucherView(
        voucher_id=row.voucher_id,
        definition=row.definition,
        names=dict(group.settings.rule_names.get(row.rule_id, {})),
        worth_minor=row.worth_minor,
        last_day=last_day,
        redeem_on=row.redeem_on.split(),
    )
