"""What acts on gift cards share: who asks, the row that is kept, new cards and their numbers."""

from dataclasses import dataclass

import msgspec

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.groups import GroupsService
from central.services.stored_value.acts import Acts
from central.services.tickets.tenders.known_cards import KnownCards
from central.storage.interface.stored_value import GiftBatchRow, GiftCardRow, GiftCardStands, ValueActRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import money
from loyalty.limits.value import GIFT_NUMBER_RETOLD_S
from loyalty.value.gift_card import GiftCardState
from loyalty.value.secret_numbers import spaced
from wire import api_stored_value


class GiftCardNotFound(LoyaltyError):
    """No gift card of this group has the id."""

    code = "gift_card_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no gift card {gift_card_id} in this group. Check the id on the receipt."


class GiftNumberTold(LoyaltyError):
    """A number is told to who made the card, and not again to whoever knows its id."""

    code = "gift_number_told"
    trouble = Trouble.CONFLICT
    text = "The number of gift card {gift_card_id} was told when it was made. Block the card and replace it."


@dataclass(frozen=True, slots=True)
class Asked:
    """An act on its way."""

    actor: Actor
    group: Group
    input_hash: bytes
    now_ms: int

    @property
    def asset(self) -> str:
        """The group's money."""
        return str(money(self.group.row.currency))


class GiftActs:
    """Looks up and makes what acts on gift cards need."""

    def __init__(self, context: Context, groups: GroupsService, cards: KnownCards) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups
        self._acts = Acts(context)
        self.cards = cards

    async def ask(self, actor: Actor, body: msgspec.Struct, *names: str) -> Asked:
        """Who asks what, now."""
        group = await self._groups.get(actor.group_id)
        return Asked(actor, group, self._acts.input_hash(actor, body, *names), self._clock())

    async def find_first(self, asked: Asked, act_id: str) -> ValueActRow | None:
        """The act as recorded earlier, if it was. Raises: IdempotencyConflict."""
        return await self._acts.find_first(asked.actor, act_id, asked.input_hash)

    async def find(self, asked: Asked, gift_card_id: str) -> GiftCardStands | None:
        """A card by its id."""
        return await self._store.get_gift_card(asked.actor.group_id, gift_card_id, asked.asset)

    async def get(self, asked: Asked, gift_card_id: str) -> GiftCardStands:
        """A card by its id. Raises: GiftCardNotFound."""
        stands = await self.find(asked, gift_card_id)
        if stands is None:
            raise GiftCardNotFound(gift_card_id=gift_card_id)
        return stands

    def new_card(
        self,
        group_id: str,
        gift_card_id: str,
        now_ms: int,
        *,
        batch_id: str | None = None,
        place: int = 0,
    ) -> GiftCardRow:
        """A card that is worth nothing yet."""
        number = self.cards.number_of(group_id, gift_card_id)
        return GiftCardRow(
            group_id=group_id,
            gift_card_id=gift_card_id,
            code_hash=self.cards.hash_of(group_id, number),
            number_end=number[-4:],
            state=GiftCardState.MADE,
            batch_id=batch_id,
            place=place,
            made_ms=now_ms,
        )

    def told(
        self, asked: Asked, gift_card_id: str, recorded: ValueActRow
    ) -> api_stored_value.NewGiftCardView:
        """A new card with its number: for its maker, who may have lost the answer. Raises: GiftNumberTold."""
        if asked.now_ms - recorded.recorded_ms > GIFT_NUMBER_RETOLD_S * 1000:
            raise GiftNumberTold(gift_card_id=gift_card_id)
        number = self.cards.number_of(asked.actor.group_id, gift_card_id)
        return api_stored_value.NewGiftCardView(gift_card_id=gift_card_id, number=spaced(number))


def act_row(
    asked: Asked,
    act_id: str,
    kind: str,
    *,
    gift_card_id: str,
    shop_id: str | None = None,
    member_id: str | None = None,
    amount: int = 0,
    paid_minor: int = 0,
    tender: str = "",
    funder: str = "",
    operator: str = "",
    reason: str = "",
    expires_ms: int | None = None,
    transaction_id: str | None = None,
) -> ValueActRow:
    """The row of an act on a gift card."""
    return ValueActRow(
        group_id=asked.actor.group_id,
        act_id=act_id,
        kind=kind,
        input_hash=asked.input_hash,
        shop_id=shop_id,
        member_id=member_id,
        gift_card_id=gift_card_id,
        asset=asked.asset,
        amount=amount,
        paid_minor=paid_minor,
        tender=tender,
        funder=funder,
        operator=operator,
        actor=asked.actor.token_id,
        reason=reason,
        recorded_ms=asked.now_ms,
        expires_ms=expires_ms,
        transaction_id=transaction_id,
    )


def card_view(
    stands: GiftCardStands, batch: GiftBatchRow | None, *, currency: str
) -> api_stored_value.GiftCardView:
    """A card as answers show it."""
    row = stands.row
    return api_stored_value.GiftCardView(
        gift_card_id=row.gift_card_id,
        number_end=row.number_end,
        state=row.state,
        currency=currency,
        balance_minor=stands.balance,
        free_minor=stands.balance - stands.held if row.state == GiftCardState.ACTIVE else 0,
        expires_ms=stands.ends_ms,
        batch_id=row.batch_id,
        purpose="" if batch is None else batch.purpose,
        funder=_funder(row, batch),
        activation_id=row.activation_id,
        shop_id=row.shop_id,
        replaced_by=row.replaced_by,
        member_id=row.member_id,
    )


def _funder(row: GiftCardRow, batch: GiftBatchRow | None) -> str:
    if batch is not None and batch.amount_minor is not None:
        return batch.funder
    return "" if row.shop_id is None else f"shop/{row.shop_id}"
