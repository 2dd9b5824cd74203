"""Gift cards in a shop (C-25): made, sold with an amount of the buyer's choice, looked up, blocked."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.group.shops import ShopsService
from central.services.stored_value.acts import head_of, view_of
from central.services.stored_value.gift_acts import Asked, GiftActs, GiftNumberTold, act_row, card_view
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.stored_value import GiftBatchRow, GiftCardMove, GiftCardRow, ValueAct
from loyalty.errors import LoyaltyError
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.chart import gift_card_value, sold_at
from loyalty.ledger.lots import expires_ms
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.value.gift_card import (
    GiftAmountOutOfRange,
    GiftCardFixed,
    GiftCardSoldAlready,
    GiftCardState,
    require_may_pay,
)
from loyalty.value.moves import load
from loyalty.value.secret_numbers import short
from wire import api_stored_value

MADE = "gift_card_made"
ACTIVATION = "gift_card_activated"
BLOCK = "gift_card_blocked"


class GiftCardNotNamed(LoyaltyError):
    """A card is named by its number or by its id."""

    code = "gift_card_not_named"
    text = "Name the gift card by number or by gift_card_id, one of the two."


class GiftCardsService:
    """Keeps gift cards. Each act is known again by its id."""

    def __init__(self, context: Context, *, shops: ShopsService, gifts: GiftActs) -> None:
        self._store = context.store
        self._zones = context.zones
        self._shops = shops
        self._gifts = gifts

    async def make(
        self, actor: Actor, body: api_stored_value.GiftCardBody
    ) -> tuple[api_stored_value.NewGiftCardView, bool]:
        """Make a card, worth nothing yet. Whoever made it hears the number again (True) until it is sold.

        Raises: IdempotencyConflict: also for the id of another card; GiftNumberTold.
        """
        access.require(actor, access.VALUE_SELL)
        asked = await self._gifts.ask(actor, body, actor.token_id)
        gift_card_id = body.gift_card_id
        is_taken = await self._gifts.find(asked, gift_card_id) is not None
        # After the card: a repeat that finds it made by the first one finds what the first one did, too.
        first = await self._gifts.find_first(asked, gift_card_id)
        if first is not None:
            stands = await self._gifts.get(asked, gift_card_id)
            if stands.row.state != GiftCardState.MADE:
                raise GiftNumberTold(gift_card_id=gift_card_id)
            return self._gifts.told(asked, gift_card_id, first), True
        if is_taken:
            raise IdempotencyConflict(what="The gift card", id=gift_card_id)
        act = ValueAct(
            act_row(asked, gift_card_id, MADE, gift_card_id=gift_card_id),
            gift_card_value(gift_card_id),
            new_cards=(self._gifts.new_card(actor.group_id, gift_card_id, asked.now_ms),),
        )
        recorded = await self._store.record_act(act)
        return self._gifts.told(asked, gift_card_id, recorded.row), recorded.is_replay

    async def activate(
        self, actor: Actor, body: api_stored_value.GiftActivationBody
    ) -> tuple[api_stored_value.ActView, bool]:
        """The card is sold with an amount; the same again is a replay (True).

        Raises: GiftNumberInvalid, GiftCardUnknown, TooManyTries, GiftAmountOutOfRange, GiftCardSoldAlready,
            GiftCardFixed, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_SELL)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, body.shop_id))
        asked = await self._gifts.ask(actor, body, shop.shop_id)
        first = await self._gifts.find_first(asked, body.activation_id)
        if first is not None:
            return view_of(first), True
        settings = asked.group.settings.stored_value
        if not settings.gift_card_min_minor <= body.amount_minor <= settings.gift_card_max_minor:
            raise GiftAmountOutOfRange(
                minimum_minor=settings.gift_card_min_minor,
                maximum_minor=settings.gift_card_max_minor,
                amount_minor=body.amount_minor,
                currency=asked.group.row.currency,
            )
        zone = await self._zones.get(shop.time_zone)
        ends_ms = expires_ms(settings.gift_card_policy, local_day(asked.now_ms, zone), zone)
        for _ in range(COMMIT_TRIES_MAX):
            card = (await self._gifts.cards.get(actor, asked.group, body.number)).row
            await self._require_for_sale(actor, card, body.activation_id)
            try:
                recorded = await self._store.record_act(
                    _activation(asked, body, card, shop_id=shop.shop_id, ends_ms=ends_ms)
                )
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def _require_for_sale(self, actor: Actor, card: GiftCardRow, activation_id: str) -> None:
        number = short(card.number_end)
        batch = await self._batch_of(actor, card)
        if batch is not None and batch.amount_minor is not None:
            raise GiftCardFixed(number=number, batch_id=batch.batch_id)
        if card.state != GiftCardState.MADE and card.activation_id != activation_id:
            raise GiftCardSoldAlready(number=number)

    async def _batch_of(self, actor: Actor, card: GiftCardRow) -> GiftBatchRow | None:
        if card.batch_id is None:
            return None
        return await self._store.find_gift_batch(actor.group_id, card.batch_id)

    async def find(
        self, actor: Actor, body: api_stored_value.GiftNumberBody
    ) -> api_stored_value.GiftCardView:
        """What a card holds. Raises: GiftNumberInvalid, GiftCardUnknown, TooManyTries."""
        access.require(actor, access.VALUE_SELL)
        asked = await self._gifts.ask(actor, body)
        stands = await self._gifts.cards.get(actor, asked.group, body.number)
        batch = await self._batch_of(actor, stands.row)
        return card_view(stands, batch, currency=asked.group.row.currency)

    async def block(
        self, actor: Actor, body: api_stored_value.GiftBlockBody
    ) -> tuple[api_stored_value.ActView, bool]:
        """Block a card: it pays nothing any more, and its value waits for the replacement.

        Raises: GiftCardNotNamed, GiftCardNotFound, GiftCardUnknown, the refusals of a card that is not
            active, TryAgain.
        """
        access.require(actor, access.CARDS_BLOCK)
        asked = await self._gifts.ask(actor, body)
        if (body.number is None) == (body.gift_card_id is None):
            raise GiftCardNotNamed
        for _ in range(COMMIT_TRIES_MAX):
            if body.number is not None:
                card = (await self._gifts.cards.get(actor, asked.group, body.number)).row
            else:
                card = (await self._gifts.get(asked, body.gift_card_id or "")).row
            first = await self._gifts.find_first(asked, body.block_id)  # after the card: see `make`
            if first is not None:
                return view_of(first), True
            require_may_pay(GiftCardState(card.state), short(card.number_end))
            row = act_row(asked, body.block_id, BLOCK, gift_card_id=card.gift_card_id, reason=body.reason)
            move = GiftCardMove(
                gift_card_id=card.gift_card_id,
                from_states=(GiftCardState.ACTIVE,),
                to_state=GiftCardState.BLOCKED,
                reason=body.reason,
            )
            act = ValueAct(row, gift_card_value(card.gift_card_id), card=move)
            try:
                recorded = await self._store.record_act(act)
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def list_acts(self, actor: Actor, query: api_stored_value.ActQuery) -> api_stored_value.ActListView:
        """What was done with stored value, oldest first; at most a page."""
        access.require(actor, access.VALUE_APPROVE)
        rows = await self._store.list_acts(actor.group_id, query.from_ms, query.to_ms, PAGE_ROWS_MAX)
        return api_stored_value.ActListView(acts=[view_of(row) for row in rows])


def _activation(
    asked: Asked,
    body: api_stored_value.GiftActivationBody,
    card: GiftCardRow,
    *,
    shop_id: str,
    ends_ms: int | None,
) -> ValueAct:
    """The shop that took the money funds the card."""
    funder = f"shop/{shop_id}"
    account = gift_card_value(card.gift_card_id)
    transaction = load(
        head_of(asked.actor, asked.group, body.activation_id, asked.now_ms),
        source=sold_at(shop_id),
        account=account,
        asset=parse_asset(asked.asset),
        amount=body.amount_minor,
        expires_ms=ends_ms,
        funder=funder,
    )
    row = act_row(
        asked,
        body.activation_id,
        ACTIVATION,
        gift_card_id=card.gift_card_id,
        shop_id=shop_id,
        amount=body.amount_minor,
        paid_minor=body.amount_minor,
        tender=body.tender,
        funder=funder,
        operator=body.operator,
        expires_ms=ends_ms,
        transaction_id=transaction.transaction_id,
    )
    move = GiftCardMove(
        gift_card_id=card.gift_card_id,
        from_states=(GiftCardState.MADE,),
        to_state=GiftCardState.ACTIVE,
        activation_id=body.activation_id,
        shop_id=shop_id,
        amount_minor=body.amount_minor,
        expires_ms=ends_ms,
    )
    return ValueAct(row, account, transaction=transaction, card=move)
