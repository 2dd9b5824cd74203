"""Cards: their states and moves (P-37, P-38). The member's account outlives any card."""

import contextlib
from collections.abc import Awaitable, Callable

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import require_there
from central.storage.base import GuardFailed
from central.storage.interface.rows import CardRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.card import (
    BlockedCard,
    BlockReason,
    CardNotActive,
    CardState,
    CardStaysBlocked,
    UnknownCard,
    require_move,
    states_before,
)
from loyalty.programme.chip_numbers import CHIP_SERIAL, plain_chip_serial
from loyalty.programme.numbers import is_same_number, plain_card_number
from wire import api_members


class CardTaken(LoyaltyError):
    """The card is another member's, or a blank one whose validity is over."""

    code = "card_taken"
    trouble = Trouble.CONFLICT
    text = "This card already belongs to another member, or its time is over. Take another card."


class NumberHasChip(LoyaltyError):
    """A number that no chip can be written for."""

    code = "number_has_chip"
    trouble = Trouble.CONFLICT
    text = "The number {number} has its chip already, or is in use. Take the next number."


class MemberMissing(LoyaltyError):
    """A card in use needs a member, a card in stock has none."""

    code = "card_member_mismatch"
    text = "A card in stock has no member, and a card in use has one. Name member_id, or use the state stock."


def view_of(row: CardRow) -> api_members.CardView:
    """A card as answers show it."""
    return api_members.CardView(
        card_number=row.card_number,
        member_id=row.member_id,
        state=row.state,
        reason=row.reason,
        replaced_by=row.replaced_by,
        valid_until_ms=row.valid_until_ms,
    )


async def _decided(decide: Callable[[], Awaitable[CardRow]]) -> api_members.CardView:
    """The card after `decide`, which reads and decides again while others move the card. Raises: TryAgain."""
    for _ in range(COMMIT_TRIES_MAX):
        with contextlib.suppress(GuardFailed):
            return view_of(await decide())
    raise TryAgain


class CardsService:
    """Issues, finds and moves cards."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock

    async def put_card(self, actor: Actor, body: api_members.CardBody) -> tuple[api_members.CardView, bool]:
        """Enter a card; the same again is a replay (True).

        Raises: IdempotencyConflict, MemberNotFound, HealthCard, ChipSerialInvalid.
        """
        access.require(actor, access.CARDS_WRITE)
        if (body.state == "stock") != (body.member_id is None):
            raise MemberMissing
        if body.member_id is not None:
            await self._require_member(actor, body.member_id)
        row = CardRow(
            group_id=actor.group_id,
            card_number=plain_card_number(body.card_number),
            uid=_plain_uid(body.uid),
            member_id=body.member_id,
            state=body.state,
            reason="",
            replaced_by=None,
            valid_until_ms=body.valid_until_ms,
            issued_ms=self._clock(),
        )
        recorded = await self._store.put_card(row)
        return view_of(recorded.row), recorded.is_replay

    async def require_writable(self, actor: Actor, card_number: str) -> None:
        """Check that a chip may be written for a number: it is unknown, or in stock without one.

        Raises: CardTaken, HealthCard.
        """
        access.require(actor, access.CARDS_WRITE)
        card = await self._store.find_card(actor.group_id, plain_card_number(card_number))
        if card is not None and (card.uid or card.state != CardState.STOCK):
            raise NumberHasChip(number=card.card_number)

    async def bind_chip(self, actor: Actor, card_number: str, uid: str) -> api_members.CardView:
        """Enter a chip that was written: under its number, or as the card that it is already.

        Raises: NumberHasChip: the number got another chip meanwhile; HealthCard.
        """
        access.require(actor, access.CARDS_WRITE)
        known = await self._store.find_card_by_uid(actor.group_id, uid)
        if known is not None:
            return view_of(known)
        number = plain_card_number(card_number)
        if await self._store.find_card(actor.group_id, number) is None:
            await self.put_card(actor, api_members.CardBody(card_number=number, state="stock"))
        try:
            return view_of(await self._store.bind_chip(actor.group_id, number, uid, self._clock()))
        except GuardFailed as error:
            raise NumberHasChip(number=number) from error

    async def get_card(self, actor: Actor, body: api_members.FindCardBody) -> api_members.CardView:
        """A card and its state. Raises: UnknownCard."""
        access.require(actor, access.CARDS_READ)
        return view_of(await self._get_row(actor, body.card_number))

    async def block_card(self, actor: Actor, body: api_members.BlockBody) -> api_members.CardView:
        """Block a card; one that is blocked stays so, with its first reason. Raises: TryAgain."""
        access.require(actor, access.CARDS_BLOCK)
        return await _decided(lambda: self._block(actor, body))

    async def _block(self, actor: Actor, body: api_members.BlockBody) -> CardRow:
        card = await self._get_row(actor, body.card_number)
        reason = BlockReason(body.reason)
        if card.state == CardState.BLOCKED and card.reason != BlockReason.PROVISIONAL:
            return card
        if card.state != CardState.BLOCKED:  # what was blocked for a time is blocked for good now
            require_move(CardState(card.state), CardState.BLOCKED, block_reason=reason)
        return await self._move(actor, card, CardState.BLOCKED, reason=reason)

    async def validate_card(self, actor: Actor, body: api_members.ValidateBody) -> api_members.CardView:
        """Make a card active, for a member where it had none; an active one of that member stays so.

        Raises: UnknownCard, MemberMissing, CardTaken, MemberNotFound, CardMoveRefused, TryAgain.
        """
        access.require(actor, access.CARDS_WRITE)
        return await _decided(lambda: self._validate(actor, body))

    async def _validate(self, actor: Actor, body: api_members.ValidateBody) -> CardRow:
        card = await self._get_row(actor, body.card_number)
        member_id = card.member_id or body.member_id
        if member_id is None:
            raise MemberMissing
        if body.member_id not in (None, member_id):
            raise CardTaken
        if card.state == CardState.ACTIVE:
            return card
        await self._require_member(actor, member_id)
        blocked_as = BlockReason(card.reason) if card.state == CardState.BLOCKED else None
        require_move(CardState(card.state), CardState.ACTIVE, blocked_as=blocked_as)
        return await self._move(actor, card, CardState.ACTIVE, member_id=member_id)

    async def replace_card(self, actor: Actor, body: api_members.ReplaceBody) -> api_members.CardView:
        """Replace a card; the answer is the new one. Repeated with the same new card it changes nothing.

        Raises: UnknownCard, CardMoveRefused, CardNotActive, CardTaken, HealthCard, IdempotencyConflict,
            TryAgain.
        """
        access.require(actor, access.CARDS_WRITE)
        return await _decided(lambda: self._replace(actor, body))

    async def renew_card(
        self, actor: Actor, body: api_members.ReplaceBody
    ) -> tuple[api_members.CardView, bool]:
        """A new card for one that is good, or was until it expired: its PIN goes with it (P-38).

        A blocked card is replaced by a person, never renewed: whoever stole it knows the PIN, perhaps. Done
        already is a replay (True). Raises: as `replace_card`; BlockedCard.
        """
        access.require(actor, access.CARDS_WRITE)
        card = await self._get_row(actor, body.card_number)
        if card.state == CardState.BLOCKED:
            raise BlockedCard
        was_done = card.state == CardState.REPLACED
        return await _decided(lambda: self._replace(actor, body, keeps_pin=True)), was_done

    async def _replace(
        self, actor: Actor, body: api_members.ReplaceBody, *, keeps_pin: bool = False
    ) -> CardRow:
        """What is still to be validated stays so: a new card brings no data."""
        card = await self._get_row(actor, body.card_number)
        new_number = plain_card_number(body.new_card_number)
        if card.state == CardState.REPLACED and is_same_number(card.replaced_by or "", new_number):
            return await self._get_row(actor, new_number)
        require_move(CardState(card.state), CardState.REPLACED)
        if card.state == CardState.BLOCKED and card.reason == BlockReason.WITHDRAWN:
            raise CardStaysBlocked(reason=card.reason)
        if card.member_id is None:
            raise CardNotActive
        stock = await self._store.find_card(actor.group_id, new_number)
        if stock is not None and stock.state != CardState.STOCK:
            raise CardTaken
        now_ms = self._clock()
        new_card = CardRow(
            group_id=actor.group_id,
            card_number=new_number,
            uid=_plain_uid(body.new_uid) or (stock.uid if stock else ""),
            member_id=card.member_id,
            state=CardState.TO_VALIDATE if card.state == CardState.TO_VALIDATE else CardState.ACTIVE,
            reason="",
            replaced_by=None,
            valid_until_ms=stock.valid_until_ms if stock else None,
            issued_ms=now_ms,
        )
        before = [state.value for state in states_before(CardState.REPLACED)]
        if keeps_pin:
            before.remove(CardState.BLOCKED)
        replace = self._store.renew_card if keeps_pin else self._store.replace_card
        return await replace(actor.group_id, card.card_number, before, new_card, actor.token_id, now_ms)

    async def _move(
        self,
        actor: Actor,
        card: CardRow,
        target: CardState,
        *,
        reason: str = "",
        member_id: str | None = None,
    ) -> CardRow:
        return await self._store.move_card(
            actor.group_id,
            card.card_number,
            [card.state],
            target.value,
            reason,
            actor.token_id,
            self._clock(),
            member_id=member_id,
        )

    async def _get_row(self, actor: Actor, card_number: str) -> CardRow:
        row = await self._store.find_card(actor.group_id, plain_card_number(card_number))
        if row is None:
            raise UnknownCard
        return row

    async def _require_member(self, actor: Actor, member_id: str) -> None:
        require_there(await self._store.find_member(actor.group_id, member_id), member_id)


def _plain_uid(uid: str) -> str:
    """What a chip calls itself, as it is stored. Raises: HealthCard, ChipSerialInvalid."""
    return plain_chip_serial(uid) if uid.startswith(CHIP_SERIAL) else uid
