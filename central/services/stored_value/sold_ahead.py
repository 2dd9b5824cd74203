"""Services and hours sold ahead (C-26): paid for now, drawn unit by unit, in any shop."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.core.stored_value_settings import ServiceSettings, asset_of
from central.services.members.identify import IdentifyService
from central.services.stored_value.acts import head_of, view_of
from central.services.stored_value.paying_in import Bought, PayingIn
from central.storage.base import GuardFailed
from central.storage.interface.stored_value import ValueAct, ValueActRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import Asset
from loyalty.ledger.chart import member_account
from loyalty.ledger.lots import BalanceTooLow, expires_ms
from loyalty.ledger.postings import Transaction
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.identification import NO_LIMIT, Act
from loyalty.value.moves import draw
from loyalty.value.tenders import StoredValueTooLow
from wire import api_stored_value

SALE = "service_sold"
DRAW = "service_drawn"


class ServiceNotFound(LoyaltyError):
    """The group sells no such service."""

    code = "service_not_found"
    trouble = Trouble.NOT_FOUND
    text = "This group sells no service {service_id} ahead. Choose one of its settings."


class SoldAheadService:
    """Sells and draws services. Each act is known again by its id."""

    def __init__(self, context: Context, *, identify: IdentifyService, paying_in: PayingIn) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._identify = identify
        self._paying_in = paying_in

    async def sell(
        self, actor: Actor, body: api_stored_value.ServiceSaleBody
    ) -> tuple[api_stored_value.ActView, bool]:
        """Units are sold ahead; the same again is a replay (True). No points: nothing was rendered yet.

        Raises: ServiceNotFound, the refusals of a card, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_SELL)
        at = await self._paying_in.begin(actor, body, act_id=body.sale_id, shop_id=body.shop_id)
        if at.first is not None:
            return view_of(at.first), True
        definition = _definition(at.group, body.service_id)
        zone = await self._zones.get(at.shop.time_zone)
        for _ in range(COMMIT_TRIES_MAX):
            now_ms = self._clock()
            holder = await self._paying_in.payer(at, body.holder, now_ms)
            bought = Bought(
                kind=SALE,
                asset=asset_of(body.service_id, definition),
                amount=body.units,
                paid_minor=definition.price_of(body.units),
                tender=body.tender,
                operator=body.operator,
                reason=body.service_id,
                expires_ms=expires_ms(definition.policy, local_day(now_ms, zone), zone),
            )
            act = self._paying_in.act(at, holder.member.member_id, bought, now_ms)
            try:
                recorded = await self._store.record_act(act)
            except GuardFailed:
                continue  # the member was merged into another in between: whose card is it now?
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def draw(
        self, actor: Actor, body: api_stored_value.ServiceDrawBody
    ) -> tuple[api_stored_value.ActView, bool]:
        """A service that was sold ahead is rendered, in this shop; the same again is a replay (True).

        Raises: ServiceNotFound, StoredValueTooLow, StrengthTooLow, the refusals of a card, TryAgain.
        """
        access.require(actor, access.VALUE_SELL)
        at = await self._paying_in.begin(actor, body, act_id=body.draw_id, shop_id=body.shop_id)
        if at.first is not None:
            return view_of(at.first), True
        group, shop = at.group, at.shop
        asset = asset_of(body.service_id, _definition(group, body.service_id))
        now_ms = self._clock()
        # What was sold ahead has no price here: a limit in money does not say how much of it is permitted.
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.PAY_FROM_PURSE, now_ms, amount=NO_LIMIT
        )
        member_id = holder.member.member_id
        account = member_account(member_id, asset)
        row = ValueActRow(
            group_id=actor.group_id,
            act_id=body.draw_id,
            kind=DRAW,
            input_hash=at.input_hash,
            shop_id=shop.shop_id,
            member_id=member_id,
            gift_card_id=None,
            asset=str(asset),
            amount=body.units,
            paid_minor=0,
            tender="",
            funder="",
            operator=body.operator,
            actor=actor.token_id,
            reason=body.note or body.service_id,
            recorded_ms=now_ms,
            transaction_id=f"{body.draw_id}/value",
        )
        for _ in range(COMMIT_TRIES_MAX):
            try:
                transaction = await self._drawn(
                    actor, group, body, account=account, asset=asset, shop_id=shop.shop_id
                )
            except StoredValueTooLow:  # perhaps because this very act was recorded since we looked
                first = await self._store.find_act(actor.group_id, body.draw_id)
                if first is None or first.input_hash != at.input_hash:
                    raise
                return view_of(first), True
            try:
                recorded = await self._store.record_act(ValueAct(row, account, transaction=transaction))
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def _drawn(
        self,
        actor: Actor,
        group: Group,
        body: api_stored_value.ServiceDrawBody,
        *,
        account: str,
        asset: Asset,
        shop_id: str,
    ) -> Transaction:
        now_ms = self._clock()
        rows = await self._store.list_open_lots(actor.group_id, account, str(asset))
        try:
            return draw(
                head_of(actor, group, body.draw_id, now_ms),
                account=account,
                asset=asset,
                amount=body.units,
                lots=[lot_of(row) for row in rows],
                now_ms=now_ms,
                shop_id=shop_id,
            )
        except BalanceTooLow as error:
            raise StoredValueTooLow(
                kind=body.service_id,
                available_minor=error.params["available"],
                wanted_minor=body.units,
                asset=str(asset),
            ) from error


def _definition(group: Group, service_id: str) -> ServiceSettings:
    definition = group.settings.stored_value.services.get(service_id)
    if definition is None:
        raise ServiceNotFound(service_id=service_id)
    return definition
