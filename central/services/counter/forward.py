"""Paid forward: members give points for whoever needs it, a pharmacist makes vouchers of what they came to.

What waits is an account of the shop, `shop/<id>/forward`, with the floor 0. Nobody learns
from whom it came, or who was given it: the voucher is for whoever brings it.
"""

from datetime import date, timedelta, tzinfo
from typing import Final

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.counter.acts import Acting, CounterActs
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.group.staff import StaffService
from central.services.ledger.spending import Spending
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed
from central.storage.interface.counter import ActLimitReached, CounterActRow
from central.storage.interface.value import MoveRecord, MoveRow
from central.storage.interface.vouchers import VoucherRow
from loyalty.errors import Trouble
from loyalty.ledger import assets
from loyalty.ledger.assets import POINTS, Asset
from loyalty.ledger.chart import forward_at, vouchers_of
from loyalty.ledger.conversion import HANDOUT, hand_out
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.issue import issue
from loyalty.ledger.lots import BalanceTooLow, Lot, end_of_day_ms
from loyalty.ledger.postings import Transaction
from loyalty.ledger.vouchers import VoucherUnit, issue_vouchers
from loyalty.limits.counter import HANDOUT_MINOR_MAX, HANDOUT_VOUCHER_DAYS
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.money import MoneyError
from loyalty.programme.conversion import check_conversion
from loyalty.programme.counter import CounterAct
from loyalty.programme.identification import Act
from loyalty.programme.party import GROUP
from loyalty.programme.programme import worth_minor
from loyalty.programme.voucher import voucher_code
from loyalty.value.secret_numbers import spaced
from wire import api_conversions as api

MOVE: Final = "forward"
FORWARD: Final = "forward"
"""The definition of vouchers that are made of what was paid forward."""


class ForwardTooMuch(MoneyError):
    """More than waits, or than one person is given at once."""

    code = "forward_too_much"
    trouble = Trouble.REFUSED
    text = "Here {waiting_minor} wait, and one person is given {most_minor} at most. Give less."


class ForwardService:
    """Takes what members give, tells what waits, hands it out."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        staff: StaffService,
        acts: CounterActs,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._staff = staff
        self._acts = acts
        self._spending = Spending(context)

    async def give(self, actor: Actor, body: api.ForwardBody) -> tuple[api.ForwardView, bool]:
        """A member pays points forward; the same again is a replay (True).

        Raises: ConversionUnavailable, ConversionChanged, BalanceTooLow, StrengthTooLow, CardProofNeeded, the
            refusals of a card, ShopMissing, ShopNotFound, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_MOVE)
        group = await self._groups.get(actor.group_id)
        input_hash = self._spending.input_hash(actor, body)
        first = await self._spending.first(actor.group_id, body.forward_id, input_hash)
        if first is not None:
            return _view(first, body.worth_minor), True
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, None))
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.DONATE, now_ms, amount=body.points
        )
        check_conversion(group.programme.voucher_step, points=body.points, worth_minor=body.worth_minor)
        head = self._spending.head(actor, group, body.forward_id, now_ms=now_ms)
        given = issue(
            head,
            account=forward_at(shop.shop_id),
            asset=assets.money(group.row.currency),
            amount=worth_minor(group.programme, body.points),
            expires_ms=None,
            funder=GROUP,
        )
        member_id = holder.member.member_id
        for _ in range(COMMIT_TRIES_MAX):
            try:
                transaction = await self._spending.spent(
                    actor.group_id, head, member_id=member_id, points=body.points, given=given
                )
            except BalanceTooLow:  # perhaps because this very act was recorded since we looked
                first = await self._spending.first(actor.group_id, body.forward_id, input_hash)
                if first is None:
                    raise
                return _view(first, body.worth_minor), True
            record = MoveRecord(
                group_id=actor.group_id,
                move_id=body.forward_id,
                kind=MOVE,
                input_hash=input_hash,
                member_id=member_id,
                other_id=shop.shop_id,
                asset=str(POINTS),
                amount=body.points,
                recorded_ms=now_ms,
                transaction=transaction,
            )
            try:
                recorded = await self._store.record_move(record)
            except GuardFailed:
                continue
            return _view(recorded.row, body.worth_minor), recorded.is_replay
        raise TryAgain

    async def show(self, actor: Actor, body: api.ForwardClerkBody) -> api.ForwardStandView:
        """What waits in the clerk's shop. Raises: SignInOver."""
        clerk = await self._staff.get(actor, body.clerk)
        group = await self._groups.get(actor.group_id)
        return api.ForwardStandView(
            shop_id=clerk.shop_id,
            currency=group.row.currency,
            waiting_minor=sum(lot.free for lot in await self._lots(group, clerk.shop_id)),
            most_minor=HANDOUT_MINOR_MAX,
        )

    async def hand_out(self, actor: Actor, body: api.ForwardHandOutBody) -> tuple[api.HandOutView, bool]:
        """Give somebody a voucher of it; the same again is a replay (True), with the same number.

        Raises: SignInOver, RoleMayNot, CounterLimit, ForwardTooMuch, IdempotencyConflict, TryAgain.
        """
        acting = await self._acts.begin(actor, body.clerk, CounterAct.HAND_OUT)
        content = [acting.clerk.shop_id, acting.clerk.staff_id, body.worth_minor]
        act = self._acts.row(acting, body.act_id, content, reason="")
        first = await self._spending.first(actor.group_id, body.act_id, act.input_hash)
        if first is not None:
            return await self._handed(acting.group, first, acting.clerk.shop_id), True
        for _ in range(COMMIT_TRIES_MAX):
            try:
                recorded = await self._store.record_move(await self._handout(acting, act, body.worth_minor))
            except GuardFailed:
                continue
            except ForwardTooMuch:  # as in `give`
                first = await self._spending.first(actor.group_id, body.act_id, act.input_hash)
                if first is None:
                    raise
                return await self._handed(acting.group, first, acting.clerk.shop_id), True
            except ActLimitReached as reached:
                raise acting.refusal(reached) from reached
            handed = await self._handed(acting.group, recorded.row, acting.clerk.shop_id)
            return handed, recorded.is_replay
        raise TryAgain

    async def _handout(self, acting: Acting, act: CounterActRow, amount: int) -> MoveRecord:
        """What it takes, decided on what waits now: the store guards it. Raises: ForwardTooMuch."""
        group, shop_id, group_id = acting.group, acting.clerk.shop_id, acting.group.row.group_id
        lots = await self._lots(group, shop_id)
        waiting = sum(lot.free for lot in lots)
        too_much = ForwardTooMuch(
            waiting_minor=waiting, most_minor=HANDOUT_MINOR_MAX, currency=group.row.currency
        )
        if amount > min(waiting, HANDOUT_MINOR_MAX):
            raise too_much
        shop = await self._shops.get_row(group_id, shop_id)
        zone = await self._zones.get(shop.time_zone)
        last = date.fromisoformat(acting.day) + timedelta(days=HANDOUT_VOUCHER_DAYS)
        head = self._spending.head(acting.actor, group, act.act_id, kind=HANDOUT, now_ms=acting.now_ms)
        voucher = self._voucher(group_id, act, head, amount=amount, last=last)
        currency = assets.money(group.row.currency)
        try:
            transaction = hand_out(
                head,
                shop_id=shop_id,
                amount=amount,
                asset=currency,
                lots=lots,
                given=_issued(head, voucher, last, zone),
            )
        except BalanceTooLow as error:
            raise too_much from error
        return MoveRecord(
            group_id=group_id,
            move_id=act.act_id,
            kind=HANDOUT,
            input_hash=act.input_hash,
            member_id=None,
            other_id=voucher.voucher_id,
            asset=str(currency),
            amount=amount,
            recorded_ms=acting.now_ms,
            transaction=transaction,
            vouchers=(voucher,),
            act=act,
            limits=acting.limits,
        )

    def _voucher(
        self, group_id: str, act: CounterActRow, head: EntryHead, *, amount: int, last: date
    ) -> VoucherRow:
        voucher_id = f"{act.act_id}/{FORWARD}"
        code = voucher_code(self._vault.voucher_secret(group_id, voucher_id))
        return VoucherRow(
            group_id=group_id,
            voucher_id=voucher_id,
            code_hash=self._vault.voucher_hash(group_id, code),
            definition=FORWARD,
            rule_id=FORWARD,
            account=vouchers_of(None, act.act_id),
            lot_id=f"{act.act_id}/{FORWARD}/1",
            member_id=None,
            sale_id=head.cause_id,
            number=1,
            worth_minor=amount,
            redeem_on="",
            last_day=last.isoformat(),
            made_ms=head.recorded_ms,
        )

    async def _handed(self, group: Group, row: MoveRow, shop_id: str) -> api.HandOutView:
        voucher_id = row.other_id or ""
        stands = (await self._store.list_vouchers(row.group_id, [voucher_id]))[voucher_id]
        number = voucher_code(self._vault.voucher_secret(row.group_id, voucher_id))
        return api.HandOutView(
            act_id=row.move_id,
            worth_minor=row.amount,
            last_day=stands.row.last_day,
            code=spaced(number),
            payload=number,
            waiting_minor=sum(lot.free for lot in await self._lots(group, shop_id)),
            recorded_ms=row.recorded_ms,
        )

    async def _lots(self, group: Group, shop_id: str) -> list[Lot]:
        asset: Asset = assets.money(group.row.currency)
        rows = await self._store.list_open_lots(group.row.group_id, forward_at(shop_id), str(asset))
        return [lot_of(row) for row in rows]


def _issued(head: EntryHead, voucher: VoucherRow, last: date, zone: tzinfo) -> Transaction:
    unit = VoucherUnit(
        voucher.account,
        assets.voucher(FORWARD),
        voucher.lot_id,
        end_of_day_ms(last, zone),
        head.cause_id,
        GROUP,
    )
    given = issue_vouchers(head, [unit])
    assert given is not None, "one voucher"
    return given


def _view(row: MoveRow, worth: int) -> api.ForwardView:
    return api.ForwardView(
        forward_id=row.move_id,
        points=row.amount,
        worth_minor=worth,
        balance_points=row.balance_after or 0,
        shop_id=row.other_id or "",
        recorded_ms=row.recorded_ms,
    )
