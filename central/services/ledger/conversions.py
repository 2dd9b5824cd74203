"""A member's points become a voucher of the same worth, by the programme's rate (`voucher_step`)."""

from datetime import date, timedelta, tzinfo
from typing import Final

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.requests import TryAgain
from central.services.group.groups import GroupsService
from central.services.ledger.spending import Spending
from central.services.members.identify import IdentifyService
from central.services.members.profile import ProfileService
from central.storage.base import GuardFailed
from central.storage.interface.value import MoveRecord, MoveRow
from central.storage.interface.vouchers import VoucherRow
from loyalty.ledger import assets
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import forward_at, vouchers_of
from loyalty.ledger.conversion import CONVERSION
from loyalty.ledger.lots import BalanceTooLow, end_of_day_ms
from loyalty.ledger.vouchers import VoucherUnit, issue_vouchers
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.conversion import CONVERTED, check_conversion, choices
from loyalty.programme.identification import Act
from loyalty.programme.party import GROUP
from loyalty.programme.programme import VoucherStep
from loyalty.programme.voucher import voucher_code
from loyalty.value.secret_numbers import spaced
from wire import api_conversions as api
from wire.api_my_value import HolderBody

MOVE: Final = CONVERSION


class ConversionsService:
    """Tells what points come to, and makes vouchers of them."""

    def __init__(
        self, context: Context, *, groups: GroupsService, identify: IdentifyService, profiles: ProfileService
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._identify = identify
        self._profiles = profiles
        self._spending = Spending(context)

    async def show(self, actor: Actor, body: HolderBody) -> api.ConversionsView:
        """What the holder of a card may choose of; writes nothing.

        Raises: the refusals of a card, StrengthTooLow.
        """
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.SEE_BALANCE, now_ms)
        holder.require_own()
        stood = await self._store.find_points(actor.group_id, holder.member.member_id)
        free = max(0, stood.balance - stood.held - stood.owed)
        step = group.programme.voucher_step
        last = None if step is None else await self._last_day(actor, step, now_ms)
        return api.ConversionsView(
            points=free,
            currency=group.row.currency,
            step_points=0 if step is None else step.points,
            step_minor=0 if step is None else step.worth_minor,
            last_day="" if last is None else last[0].isoformat(),
            forward_minor=await self._forward(group, actor.shop_id),
            choices=[
                api.ChoiceView(points=each.points, worth_minor=each.worth_minor)
                for each in choices(step, free)
            ],
        )

    async def convert(self, actor: Actor, body: api.ConversionBody) -> tuple[api.ConversionView, bool]:
        """Make a voucher of points; the same again is a replay (True), with the same number.

        Raises: ConversionUnavailable, ConversionChanged, BalanceTooLow, StrengthTooLow, CardProofNeeded, the
            refusals of a card, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_MOVE)
        group = await self._groups.get(actor.group_id)
        input_hash = self._spending.input_hash(actor, body)
        first = await self._spending.first(actor.group_id, body.conversion_id, input_hash)
        if first is not None:
            return await self._view(first), True
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.REDEEM, now_ms, amount=body.points
        )
        holder.require_own()
        step = check_conversion(
            group.programme.voucher_step, points=body.points, worth_minor=body.worth_minor
        )
        last, zone = await self._last_day(actor, step, now_ms)
        voucher = self._voucher(group, body, member_id=holder.member.member_id, last=last, now_ms=now_ms)
        head = self._spending.head(actor, group, body.conversion_id, now_ms=now_ms)
        unit = VoucherUnit(
            voucher.account,
            assets.voucher(CONVERTED),
            voucher.lot_id,
            end_of_day_ms(last, zone),
            head.cause_id,
            GROUP,
        )
        given = issue_vouchers(head, [unit])
        assert given is not None, "one voucher"
        for _ in range(COMMIT_TRIES_MAX):
            try:
                transaction = await self._spending.spent(
                    actor.group_id,
                    head,
                    member_id=holder.member.member_id,
                    points=body.points,
                    given=given,
                )
            except BalanceTooLow:  # perhaps because this very act was recorded since we looked
                first = await self._spending.first(actor.group_id, body.conversion_id, input_hash)
                if first is None:
                    raise
                return await self._view(first), True
            record = MoveRecord(
                group_id=actor.group_id,
                move_id=body.conversion_id,
                kind=MOVE,
                input_hash=input_hash,
                member_id=voucher.member_id,
                other_id=voucher.voucher_id,
                asset=str(POINTS),
                amount=body.points,
                recorded_ms=now_ms,
                transaction=transaction,
                vouchers=(voucher,),
            )
            try:
                recorded = await self._store.record_move(record)
            except GuardFailed:
                continue
            return await self._view(recorded.row), recorded.is_replay
        raise TryAgain

    def _voucher(
        self, group: Group, body: api.ConversionBody, *, member_id: str, last: date, now_ms: int
    ) -> VoucherRow:
        group_id, voucher_id = group.row.group_id, f"{body.conversion_id}/points"
        code = voucher_code(self._vault.voucher_secret(group_id, voucher_id))
        cause_id = f"{MOVE}/{body.conversion_id}"
        return VoucherRow(
            group_id=group_id,
            voucher_id=voucher_id,
            code_hash=self._vault.voucher_hash(group_id, code),
            definition=CONVERTED,
            rule_id=MOVE,
            account=vouchers_of(member_id, cause_id),
            lot_id=f"{body.conversion_id}/points/1",
            member_id=member_id,
            sale_id=cause_id,
            number=1,
            worth_minor=body.worth_minor,
            redeem_on="",
            last_day=last.isoformat(),
            made_ms=now_ms,
        )

    async def _view(self, row: MoveRow) -> api.ConversionView:
        """As it was told first: the number is made again."""
        voucher_id = row.other_id or ""
        stands = (await self._store.list_vouchers(row.group_id, [voucher_id]))[voucher_id]
        number = voucher_code(self._vault.voucher_secret(row.group_id, voucher_id))
        return api.ConversionView(
            conversion_id=row.move_id,
            points=row.amount,
            balance_points=row.balance_after or 0,
            voucher_id=voucher_id,
            worth_minor=stands.row.worth_minor,
            last_day=stands.row.last_day,
            code=spaced(number),
            payload=number,
            recorded_ms=row.recorded_ms,
        )

    async def _forward(self, group: Group, shop_id: str | None) -> int:
        """What waits in this shop for whoever needs it."""
        if shop_id is None:
            return 0
        asset = str(assets.money(group.row.currency))
        rows = await self._store.list_open_lots(group.row.group_id, forward_at(shop_id), asset)
        return sum(row.remaining for row in rows)

    async def _last_day(self, actor: Actor, step: VoucherStep, now_ms: int) -> tuple[date, tzinfo]:
        zone = await self._profiles.zone_of(actor.group_id, actor.shop_id)
        return local_day(now_ms, zone) + timedelta(days=step.valid_days), zone
