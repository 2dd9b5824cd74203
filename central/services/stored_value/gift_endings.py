"""How gift cards end: a blocked one in another card, an empty one in a member (C-25)."""

from dataclasses import replace

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.members.members import MembersService
from central.services.stored_value.acts import head_of, view_of
from central.services.stored_value.gift_acts import Asked, GiftActs, act_row
from central.storage.base import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.stored_value import GiftCardMove, GiftCardStands, ValueAct, ValueActRow
from loyalty.errors import LoyaltyError
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.chart import gift_card_value
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.value.gift_card import (
    GiftCardConverted,
    GiftCardHeld,
    GiftCardNotBlocked,
    GiftCardNotEmpty,
    GiftCardState,
    require_may_pay,
)
from loyalty.value.moves import move_all
from loyalty.value.secret_numbers import plain_number, short
from wire import api_members, api_stored_value

REPLACEMENT = "gift_card_replaced"
CONVERSION = "gift_card_converted"


class ConversionNamesCard(LoyaltyError):
    """The member's card is the gift card itself."""

    code = "conversion_names_card"
    text = "Leave member.card_number out: the gift card itself becomes the member's card."


class GiftEndingsService:
    """Ends gift cards; each act is known again by its id."""

    def __init__(self, context: Context, *, members: MembersService, gifts: GiftActs) -> None:
        self._store = context.store
        self._members = members
        self._gifts = gifts

    async def replace(
        self, actor: Actor, body: api_stored_value.GiftReplacementBody
    ) -> tuple[api_stored_value.GiftReplacementView, bool]:
        """A new card takes over what a blocked one holds.

        Raises: GiftCardNotFound, GiftCardNotBlocked, GiftCardHeld, IdempotencyConflict: the new id is taken;
            GiftNumberTold, TryAgain.
        """
        access.require(actor, access.CARDS_WRITE)
        asked = await self._gifts.ask(actor, body, actor.token_id)
        recorded = await self._replaced(asked, body)
        view = api_stored_value.GiftReplacementView(
            act=view_of(recorded.row), card=self._gifts.told(asked, body.new_gift_card_id, recorded.row)
        )
        return view, recorded.is_replay

    async def _replaced(
        self, asked: Asked, body: api_stored_value.GiftReplacementBody
    ) -> Recorded[ValueActRow]:
        for _ in range(COMMIT_TRIES_MAX):
            stands = await self._gifts.get(asked, body.gift_card_id)
            is_taken = await self._gifts.find(asked, body.new_gift_card_id) is not None
            # After the cards: a repeat that finds them as the first one left them finds its act, too.
            first = await self._gifts.find_first(asked, body.replacement_id)
            if first is not None:
                return Recorded(first, is_replay=True)
            number = short(stands.row.number_end)
            if stands.row.state != GiftCardState.BLOCKED:
                raise GiftCardNotBlocked(number=number, state=stands.row.state)
            if stands.held:
                raise GiftCardHeld(number=number)
            if is_taken:
                raise IdempotencyConflict(what="The gift card", id=body.new_gift_card_id)
            try:
                return await self._store.record_act(await self._replacement(asked, body, stands))
            except GuardFailed:
                continue
        raise TryAgain

    async def _replacement(
        self, asked: Asked, body: api_stored_value.GiftReplacementBody, stands: GiftCardStands
    ) -> ValueAct:
        group_id, old = asked.actor.group_id, stands.row
        rows = await self._store.list_open_lots(group_id, gift_card_value(old.gift_card_id), asked.asset)
        account = gift_card_value(body.new_gift_card_id)
        transaction = move_all(
            head_of(asked.actor, asked.group, body.replacement_id, asked.now_ms),
            [lot_of(row) for row in rows],
            asset=parse_asset(asked.asset),
            to_account=account,
        )
        row = act_row(
            asked,
            body.replacement_id,
            REPLACEMENT,
            gift_card_id=old.gift_card_id,
            amount=stands.balance,
            reason=old.reason,
            transaction_id=None if transaction is None else transaction.transaction_id,
        )
        new = replace(
            self._gifts.new_card(group_id, body.new_gift_card_id, asked.now_ms),
            state=GiftCardState.ACTIVE,
            activation_id=body.replacement_id,
            shop_id=old.shop_id,
            amount_minor=old.amount_minor,
            expires_ms=old.expires_ms,
        )
        move = GiftCardMove(
            gift_card_id=old.gift_card_id,
            from_states=(GiftCardState.BLOCKED,),
            to_state=GiftCardState.REPLACED,
            replaced_by=body.new_gift_card_id,
        )
        return ValueAct(row, account, transaction=transaction, new_cards=(new,), card=move)

    async def convert(
        self, actor: Actor, body: api_stored_value.GiftConversionBody
    ) -> tuple[api_stored_value.GiftConversionView, bool]:
        """The holder of an empty card becomes a member; the card is the member's from now on (C-25).

        A terminal may enrol nobody otherwise: it needs the empty card, the member is its own shop's, and the
        answer tells nothing of the person. Raises: ConversionNamesCard, GiftCardNotEmpty, GiftCardConverted,
            the refusals of a gift card and of an enrolment, ShopNotYours, TryAgain: something came back to
            the card meanwhile.
        """
        access.require(actor, access.GIFT_CONVERT)
        asked = await self._gifts.ask(actor, body)
        if body.member.card_number is not None:
            raise ConversionNamesCard
        home_shop_id = body.member.home_shop_id
        if actor.shop_id is not None:
            home_shop_id = access.shop_of(actor, home_shop_id)
        stands = await self._gifts.cards.get(actor, asked.group, body.number)
        first = await self._gifts.find_first(asked, body.conversion_id)  # after the card: see `_replaced`
        if first is None:
            _require_empty(stands, asked.group.row.currency)
        plain = plain_number(body.number)
        assert plain is not None, "the card was found by it"
        member = msgspec.structs.replace(body.member, card_number=plain, home_shop_id=home_shop_id)
        person, _ = await self._members.enrol_holder(actor, member)
        if first is not None:
            return _converted(first, person), True
        account = gift_card_value(stands.row.gift_card_id)
        row = act_row(
            asked,
            body.conversion_id,
            CONVERSION,
            gift_card_id=stands.row.gift_card_id,
            shop_id=actor.shop_id,
            member_id=body.member.member_id,
        )
        move = GiftCardMove(
            gift_card_id=stands.row.gift_card_id,
            from_states=(GiftCardState.ACTIVE,),
            to_state=GiftCardState.CONVERTED,
            member_id=body.member.member_id,
            must_be_empty=(account, asked.asset),
        )
        try:
            recorded = await self._store.record_act(ValueAct(row, account, card=move))
        except GuardFailed as error:
            raise TryAgain from error
        return _converted(recorded.row, person), recorded.is_replay


def _converted(row: ValueActRow, person: api_members.MemberPersonView) -> api_stored_value.GiftConversionView:
    return api_stored_value.GiftConversionView(
        act=view_of(row), member_id=person.member_id, possible_duplicates=person.possible_duplicates
    )


def _require_empty(stands: GiftCardStands, currency: str) -> None:
    number = short(stands.row.number_end)
    if stands.row.state == GiftCardState.CONVERTED:
        raise GiftCardConverted(number=number)
    require_may_pay(GiftCardState(stands.row.state), number)
    if stands.balance:
        raise GiftCardNotEmpty(number=number, balance_minor=stands.balance, currency=currency)
