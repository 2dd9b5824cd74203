"""Purses and meal vouchers (C-26): paid in at the till, loaded by an issuer, looked at."""

from datetime import UTC, date

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import MemberNotFound, require_there
from central.services.core.stored_value_settings import asset_of
from central.services.group.groups import GroupsService
from central.services.members.identify import IdentifyService
from central.services.stored_value.acts import Acts, head_of, view_of
from central.services.stored_value.funders import require_issuer
from central.services.stored_value.paying_in import Bought, PayingIn
from central.storage.base import GuardFailed
from central.storage.interface.stored_value import DayLimit, ValueAct, ValueActRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import Asset, meal_voucher, money
from loyalty.ledger.chart import VALUE_ISSUED, member_account
from loyalty.ledger.lots import Lot, end_of_day_ms
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.limits.value import MEAL_VOUCHERS_MAX_MINOR
from loyalty.money import MoneyError
from loyalty.programme.identification import Act
from loyalty.value.law import law_of
from loyalty.value.moves import load
from wire import api_stored_value

TOP_UP = "purse_topped_up"
MEAL_LOAD = "meal_vouchers_loaded"


class PurseCeiling(MoneyError):
    """A purse holds so much at most."""

    code = "purse_ceiling"
    trouble = Trouble.REFUSED
    text = "{what} holds {maximum_minor} at most, and {balance_minor} is there. Pay in less."


class TopUpDayLimit(MoneyError):
    """So much may be paid in on a day."""

    code = "top_up_day_limit"
    trouble = Trouble.REFUSED
    text = "A member pays in {limit_minor} a day at most; {left_minor} is left today. Pay in less."


class MealVouchersNotHere(LoyaltyError):
    """No source says what meal vouchers may buy in the group's country."""

    code = "meal_vouchers_not_here"
    trouble = Trouble.REFUSED
    text = "In {country} nothing says what meal vouchers may buy here, so none are kept. Use a purse."


class LastDayInvalid(LoyaltyError):
    """A last day that is none, or over."""

    code = "last_day_invalid"
    text = "{last_day} is no day to come. Send the last day on which they can be used, as YYYY-MM-DD."


class PurseService:
    """Keeps purses and meal vouchers. Each act is known again by its id."""

    def __init__(
        self, context: Context, *, groups: GroupsService, identify: IdentifyService, paying_in: PayingIn
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._identify = identify
        self._paying_in = paying_in
        self._acts = Acts(context)

    async def top_up(
        self, actor: Actor, body: api_stored_value.TopUpBody
    ) -> tuple[api_stored_value.ActView, bool]:
        """A member pays money in; the same again is a replay (True). No points: nothing was bought yet.

        Raises: PurseCeiling, TopUpDayLimit, the refusals of a card, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_SELL)
        at = await self._paying_in.begin(actor, body, act_id=body.top_up_id, shop_id=body.shop_id)
        if at.first is not None:
            return view_of(at.first), True
        now_ms = self._clock()
        holder = await self._paying_in.payer(at, body.holder, now_ms)
        settings = at.group.settings.stored_value
        day = local_day(now_ms, await self._zones.get(at.shop.time_zone))
        bought = Bought(
            kind=TOP_UP,
            asset=money(at.group.row.currency),
            amount=body.amount_minor,
            paid_minor=body.amount_minor,
            tender=body.tender,
            operator=body.operator,
            balance_max=settings.purse_max_minor,
            day_limit=DayLimit(
                claim_key=f"purse_top_up/{day.isoformat()}",
                owner=f"member/{holder.member.member_id}",
                amount=body.amount_minor,
                limit=settings.purse_top_up_per_day_minor,
            ),
        )
        act = self._paying_in.act(at, holder.member.member_id, bought, now_ms)
        return await self._record(act, "A purse")

    async def load_meals(
        self, actor: Actor, body: api_stored_value.MealLoadBody
    ) -> tuple[api_stored_value.ActView, bool]:
        """An issuer's meal vouchers for a member; the same again is a replay (True).

        Raises: MealVouchersNotHere, FunderNotThere, MemberNotFound, LastDayInvalid, PurseCeiling,
            IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_ISSUE)
        input_hash = self._acts.input_hash(actor, body)
        first = await self._acts.find_first(actor, body.load_id, input_hash)
        if first is not None:
            return view_of(first), True
        group = await self._groups.get(actor.group_id)
        if not law_of(group.row.country).meal_classes:
            raise MealVouchersNotHere(country=group.row.country)
        await require_issuer(self._store, actor.group_id, body.funder, where=f"The load {body.load_id}")
        found = await self._store.find_member(actor.group_id, body.member_id)
        member = require_there(found, body.member_id)
        now_ms = self._clock()
        ends_ms = await self._end_of(body.last_day, group, member.home_shop_id, now_ms)
        asset = meal_voucher(group.row.currency)
        account = member_account(body.member_id, asset)
        transaction = load(
            head_of(actor, group, body.load_id, now_ms),
            source=VALUE_ISSUED,
            account=account,
            asset=asset,
            amount=body.amount_minor,
            expires_ms=ends_ms,
            funder=body.funder,
        )
        row = ValueActRow(
            group_id=actor.group_id,
            act_id=body.load_id,
            kind=MEAL_LOAD,
            input_hash=input_hash,
            shop_id=None,
            member_id=body.member_id,
            gift_card_id=None,
            asset=str(asset),
            amount=body.amount_minor,
            paid_minor=body.amount_minor,
            tender="other",
            funder=body.funder,
            operator="",
            actor=actor.token_id,
            reason="",
            recorded_ms=now_ms,
            expires_ms=ends_ms,
            transaction_id=transaction.transaction_id,
        )
        act = ValueAct(row, account, transaction=transaction, balance_max=MEAL_VOUCHERS_MAX_MINOR)
        return await self._record(act, "A member's meal vouchers")

    async def _end_of(
        self, last_day: str | None, group: Group, shop_id: str | None, now_ms: int
    ) -> int | None:
        """The end of a local day of the member's shop (UTC without one)."""
        if last_day is None:
            return None
        shop = None if shop_id is None else await self._store.find_shop(group.row.group_id, shop_id)
        zone = UTC if shop is None else await self._zones.get(shop.time_zone)
        try:
            ends_ms = end_of_day_ms(date.fromisoformat(last_day), zone)
        except (ValueError, OverflowError) as error:
            raise LastDayInvalid(last_day=last_day) from error
        if ends_ms <= now_ms:
            raise LastDayInvalid(last_day=last_day)
        return ends_ms

    async def _record(self, act: ValueAct, what: str) -> tuple[api_stored_value.ActView, bool]:
        """Write a load; where a guard refused it, say which, or try again."""
        for _ in range(COMMIT_TRIES_MAX):
            try:
                recorded = await self._store.record_act(act)
            except GuardFailed:
                try:
                    await self._refuse(act, what)
                except LoyaltyError:  # perhaps because this very act was recorded since we looked
                    first = await self._store.find_act(act.row.group_id, act.row.act_id)
                    if first is None or first.input_hash != act.row.input_hash:
                        raise
                    return view_of(first), True
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def _refuse(self, act: ValueAct, what: str) -> None:
        row, limit = act.row, act.day_limit
        if act.balance_max is not None:
            lots = await self._store.list_open_lots(row.group_id, act.account, row.asset)
            balance = sum(lot.remaining for lot in lots)
            if balance + row.amount > act.balance_max:
                raise PurseCeiling(
                    what=what,
                    maximum_minor=act.balance_max,
                    balance_minor=balance,
                    asset=row.asset,
                )
        if limit is not None:
            usage = await self._store.find_usage(row.group_id, [(limit.claim_key, limit.owner)], [])
            left = limit.limit - usage.counters[limit.claim_key, limit.owner]
            if limit.amount > left:
                raise TopUpDayLimit(limit_minor=limit.limit, left_minor=max(0, left), asset=row.asset)

    async def show(self, actor: Actor, body: api_stored_value.PurseQueryBody) -> api_stored_value.PurseView:
        """What the holder of a card has, to who is identified well enough to see a balance.

        Never to a carer: they do not pay from it, and which services were bought ahead tells of the member.

        Raises: StrengthTooLow, CarerMayNot, the refusals of a card.
        """
        access.require(actor, access.IDENTIFY)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.SEE_BALANCE, self._clock()
        )
        holder.require_own()
        return await self.view_of_member(group, holder.member.member_id)

    async def show_member(self, actor: Actor, member_id: str) -> api_stored_value.PurseView:
        """What a member has, for who may read members. Raises: MemberNotFound."""
        access.require(actor, access.MEMBERS_READ)
        group = await self._groups.get(actor.group_id)
        if await self._store.find_member(actor.group_id, member_id) is None:
            raise MemberNotFound(member_id=member_id)
        return await self.view_of_member(group, member_id)

    async def view_of_member(self, group: Group, member_id: str) -> api_stored_value.PurseView:
        """All stored value of a member that is live now."""
        currency, settings = group.row.currency, group.settings.stored_value
        purse = await self._live(group.row.group_id, member_id, money(currency))
        meals = await self._live(group.row.group_id, member_id, meal_voucher(currency))
        services = []
        for asset, names in _assets(group).items():
            lots = await self._live(group.row.group_id, member_id, asset)
            if lots:
                services.append(
                    api_stored_value.ServiceBalanceView(
                        service_id=names[0],
                        name=settings.services[names[0]].name,
                        asset=str(asset),
                        units=sum(lot.remaining for lot in lots),
                        first_expires_ms=_first_end(lots),
                    )
                )
        return api_stored_value.PurseView(
            member_id=member_id,
            currency=currency,
            purse_minor=sum(lot.remaining for lot in purse),
            purse_held_minor=sum(lot.held for lot in purse),
            purse_max_minor=settings.purse_max_minor,
            meal_vouchers_minor=sum(lot.remaining for lot in meals),
            meal_vouchers_first_expires_ms=_first_end(meals),
            services=services,
        )

    async def _live(self, group_id: str, member_id: str, asset: Asset) -> list[Lot]:
        rows = await self._store.list_open_lots(group_id, member_account(member_id, asset), str(asset))
        now_ms = self._clock()
        return [lot for lot in map(lot_of, rows) if lot.is_live(now_ms)]


def _assets(group: Group) -> dict[Asset, list[str]]:
    found: dict[Asset, list[str]] = {}
    for service_id, definition in sorted(group.settings.stored_value.services.items()):
        found.setdefault(asset_of(service_id, definition), []).append(service_id)
    return found


def _first_end(lots: list[Lot]) -> int | None:
    return min((lot.expires_ms for lot in lots if lot.expires_ms is not None), default=None)
