"""What a member pays for at the till ahead of its use: money for a purse, services. One way for all of it."""

from dataclasses import dataclass

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.holder import Holder
from central.services.members.identify import IdentifyService
from central.services.stored_value.acts import Acts, head_of
from central.storage.interface.rows import ShopRow
from central.storage.interface.stored_value import DayLimit, ValueAct, ValueActRow
from loyalty.ledger.assets import Asset
from loyalty.ledger.chart import member_account, sold_at
from loyalty.programme.party import shop as shop_party
from loyalty.value.moves import load
from wire import api


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTill:
    """An act in a shop: who sends it, where, what it is known again by. `first`: it was recorded before."""

    actor: Actor
    group: Group
    shop: ShopRow
    act_id: str
    input_hash: bytes
    first: ValueActRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What the member pays for: `amount` of the asset, for `paid_minor`; the two maxima are guards."""

    kind: str
    asset: Asset
    amount: int
    paid_minor: int
    tender: str
    operator: str
    reason: str = ""
    expires_ms: int | None = None
    balance_max: int | None = None
    day_limit: DayLimit | None = None


class PayingIn:
    """Begins acts at the till, and builds the act that loads what was paid for."""

    def __init__(
        self, context: Context, *, groups: GroupsService, shops: ShopsService, identify: IdentifyService
    ) -> None:
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._acts = Acts(context)

    async def begin(self, actor: Actor, body: msgspec.Struct, *, act_id: str, shop_id: str | None) -> AtTill:
        """Where an act happens, and whether it did before. Raises: IdempotencyConflict, those of a shop."""
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, shop_id))
        input_hash = self._acts.input_hash(actor, body, shop.shop_id)
        return AtTill(
            actor=actor,
            group=await self._groups.get(actor.group_id),
            shop=shop,
            act_id=act_id,
            input_hash=input_hash,
            first=await self._acts.find_first(actor, act_id, input_hash),
        )

    async def payer(self, at: AtTill, evidence: api.EvidenceBody, now_ms: int) -> Holder:
        """Who pays in: whoever may earn, with a card. Raises: the refusals of a card, StrengthTooLow."""
        return await self._identify.get_card_holder(at.actor, at.group, evidence, now_ms)

    def act(self, at: AtTill, member_id: str, bought: Bought, now_ms: int) -> ValueAct:
        """The shop took the money, so it owes what was bought."""
        account, funder = member_account(member_id, bought.asset), shop_party(at.shop.shop_id)
        transaction = load(
            head_of(at.actor, at.group, at.act_id, now_ms),
            source=sold_at(at.shop.shop_id),
            account=account,
            asset=bought.asset,
            amount=bought.amount,
            expires_ms=bought.expires_ms,
            funder=funder,
        )
        row = ValueActRow(
            group_id=at.actor.group_id,
            act_id=at.act_id,
            kind=bought.kind,
            input_hash=at.input_hash,
            shop_id=at.shop.shop_id,
            member_id=member_id,
            gift_card_id=None,
            asset=str(bought.asset),
            amount=bought.amount,
            paid_minor=bought.paid_minor,
            tender=bought.tender,
            funder=funder,
            operator=bought.operator,
            actor=at.actor.token_id,
            reason=bought.reason,
            recorded_ms=now_ms,
            expires_ms=bought.expires_ms,
            transaction_id=transaction.transaction_id,
        )
        return ValueAct(
            row,
            account,
            transaction=transaction,
            balance_max=bought.balance_max,
            day_limit=bought.day_limit,
        )
