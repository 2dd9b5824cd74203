"""Cards made by head office (C-28): prizes with an amount and a funder, or blank cards for shops to sell."""

import asyncio
from dataclasses import replace
from datetime import UTC

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.stored_value.acts import head_of
from central.services.stored_value.funders import require_funder
from central.services.stored_value.gift_acts import Asked, GiftActs, card_view
from central.storage.base import GuardFailed
from central.storage.interface.stored_value import (
    GiftBatchRow,
    GiftCardMove,
    GiftCardRow,
    GiftCardStands,
)
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.chart import VALUE_ISSUED, gift_card_value
from loyalty.ledger.lots import expires_ms
from loyalty.ledger.postings import Transaction
from loyalty.limits.value import GIFT_ACTIVATION_BATCH
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.value.gift_card import GiftCardState
from loyalty.value.moves import load
from loyalty.value.secret_numbers import spaced
from wire import api_stored_value

MADE, HANDED_OUT, ACTIVATING, ACTIVE = "made", "handed_out", "activating", "active"


class GiftBatchNotFound(LoyaltyError):
    """No such batch in this group."""

    code = "gift_batch_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no batch {batch_id} in this group. Check the id, or list the batches."


class GiftBatchHandedOut(LoyaltyError):
    """The numbers of a batch are handed out once."""

    code = "gift_batch_handed_out"
    trouble = Trouble.CONFLICT
    text = (
        "The numbers of batch {batch_id} were handed out already. Ask who has the file, or make a new batch."
    )


class GiftBatchNotHandedOut(LoyaltyError):
    """Nobody can hold a card of this batch yet."""

    code = "gift_batch_not_handed_out"
    trouble = Trouble.CONFLICT
    text = "Nobody has the numbers of batch {batch_id} yet, so no card can be there. Fetch its file first."


class GiftBatchBlank(LoyaltyError):
    """Blank cards are activated one by one, at a sale."""

    code = "gift_batch_blank"
    trouble = Trouble.REFUSED
    text = "The cards of batch {batch_id} have no amount: a shop activates each at its sale."


class GiftBatchActive(LoyaltyError):
    """Somebody activated it by another id."""

    code = "gift_batch_active"
    trouble = Trouble.CONFLICT
    text = "Batch {batch_id} was activated already. There is nothing left to do."


class GiftBatchesService:
    """Makes, hands out and activates batches. Each step happens once."""

    def __init__(self, context: Context, *, gifts: GiftActs) -> None:
        self._store = context.store
        self._gifts = gifts

    async def make(
        self, actor: Actor, body: api_stored_value.GiftBatchBody
    ) -> tuple[api_stored_value.GiftBatchView, bool]:
        """Make a batch; its cards are worth nothing yet. The same again is a replay (True).

        Raises: IdempotencyConflict, FunderNotThere.
        """
        access.require(actor, access.VALUE_ISSUE)
        asked = await self._gifts.ask(actor, body)
        await require_funder(self._store, actor.group_id, body.funder, where=f"The batch {body.batch_id}")
        row = GiftBatchRow(
            group_id=actor.group_id,
            batch_id=body.batch_id,
            input_hash=asked.input_hash,
            cards=body.cards,
            amount_minor=body.amount_minor,
            purpose=body.purpose,
            funder=body.funder,
            state=MADE,
            made_by=actor.token_id,
            made_ms=asked.now_ms,
        )
        cards = await asyncio.to_thread(self._new_cards, row)
        recorded = await self._store.put_gift_batch(row, cards)
        return batch_view(recorded.row), recorded.is_replay

    def _new_cards(self, row: GiftBatchRow) -> list[GiftCardRow]:
        """All cards; thousands of hashes, so on a thread."""
        return [
            self._gifts.new_card(
                row.group_id, _card_id(row, place), row.made_ms, batch_id=row.batch_id, place=place
            )
            for place in range(1, row.cards + 1)
        ]

    async def hand_out(
        self, actor: Actor, batch_id: str, body: api_stored_value.HandOutBody
    ) -> tuple[api_stored_value.GiftBatchFileView, bool]:
        """All numbers, for the card maker: once. The same id gives them again (True) until it is active.

        Raises: GiftBatchNotFound, GiftBatchHandedOut.
        """
        access.require(actor, access.VALUE_ISSUE)
        row = await self._get(actor, batch_id)
        is_first = row.state == MADE
        if is_first:
            asked = await self._gifts.ask(actor, body)
            given = replace(row, state=HANDED_OUT, handout_id=body.handout_id, handed_out_ms=asked.now_ms)
            try:
                row = await self._store.move_gift_batch(given, [MADE])
            except GuardFailed:
                row, is_first = await self._get(actor, batch_id), False
        if row.state != HANDED_OUT or row.handout_id != body.handout_id:
            raise GiftBatchHandedOut(batch_id=batch_id)
        cards = await asyncio.to_thread(self._all_printed, row)
        return api_stored_value.GiftBatchFileView(batch=batch_view(row), cards=cards), not is_first

    def _all_printed(self, row: GiftBatchRow) -> list[api_stored_value.PrintedCardView]:
        return [self._printed(row, place) for place in range(1, row.cards + 1)]

    def _printed(self, row: GiftBatchRow, place: int) -> api_stored_value.PrintedCardView:
        number = self._gifts.cards.number_of(row.group_id, _card_id(row, place))
        return api_stored_value.PrintedCardView(
            place=place,
            gift_card_id=_card_id(row, place),
            number=spaced(number),
            payload=number,
        )

    async def activate(
        self, actor: Actor, batch_id: str, body: api_stored_value.BatchActivationBody
    ) -> tuple[api_stored_value.GiftBatchView, bool]:
        """From now on each card holds the batch's amount. What a crash interrupts, the same id goes on with.

        Raises: GiftBatchNotFound, GiftBatchNotHandedOut, GiftBatchBlank, GiftBatchActive.
        """
        access.require(actor, access.VALUE_ISSUE)
        asked = await self._gifts.ask(actor, body)
        row = await self._get(actor, batch_id)
        if row.amount_minor is None:
            raise GiftBatchBlank(batch_id=batch_id)
        if row.state == HANDED_OUT:
            policy = asked.group.settings.stored_value.prize_policy
            ends_ms = expires_ms(policy, local_day(asked.now_ms, UTC), UTC)
            begun = replace(
                row,
                state=ACTIVATING,
                activation_id=body.activation_id,
                activated_ms=asked.now_ms,
                expires_ms=ends_ms,
            )
            try:
                row = await self._store.move_gift_batch(begun, [HANDED_OUT])
            except GuardFailed:
                row = await self._get(actor, batch_id)
        if row.state == MADE:
            raise GiftBatchNotHandedOut(batch_id=batch_id)
        if row.activation_id != body.activation_id:
            raise GiftBatchActive(batch_id=batch_id)
        if row.state == ACTIVE:
            return batch_view(row), True
        await self._activate_cards(asked, row)
        try:
            row = await self._store.move_gift_batch(replace(row, state=ACTIVE), [ACTIVATING])
        except GuardFailed:  # the same request, sent twice at once
            row = await self._get(actor, batch_id)
        return batch_view(row), False

    async def _activate_cards(self, asked: Asked, row: GiftBatchRow) -> None:
        """Card by card, each its own transaction: every prize can be followed from batch to tickets."""
        after = 0
        while page := await self._store.list_batch_cards(
            row.group_id, row.batch_id, after, GIFT_ACTIVATION_BATCH, asked.asset
        ):
            moves = [
                _activation(asked, row, stands) for stands in page if stands.row.state == GiftCardState.MADE
            ]
            if moves:
                await self._store.activate_cards(row.group_id, moves)
            after = page[-1].row.place
            await asyncio.sleep(0)

    async def list_batches(
        self, actor: Actor, query: api_stored_value.BatchQuery
    ) -> api_stored_value.GiftBatchListView:
        """Batches, newest first; at most a page."""
        access.require(actor, access.VALUE_ISSUE)
        rows = await self._store.list_gift_batches(actor.group_id, query.before_ms, PAGE_ROWS_MAX)
        return api_stored_value.GiftBatchListView(batches=[batch_view(row) for row in rows])

    async def list_cards(
        self, actor: Actor, batch_id: str, query: api_stored_value.BatchCardQuery
    ) -> api_stored_value.BatchCardListView:
        """What became of a batch's cards; at most a page, without numbers. Raises: GiftBatchNotFound."""
        access.require(actor, access.VALUE_ISSUE)
        asked = await self._gifts.ask(actor, query)
        row = await self._get(actor, batch_id)
        page = await self._store.list_batch_cards(
            actor.group_id, batch_id, query.after, PAGE_ROWS_MAX, asked.asset
        )
        return api_stored_value.BatchCardListView(
            batch=batch_view(row),
            cards=[card_view(stands, row, currency=asked.group.row.currency) for stands in page],
        )

    async def _get(self, actor: Actor, batch_id: str) -> GiftBatchRow:
        row = await self._store.find_gift_batch(actor.group_id, batch_id)
        if row is None:
            raise GiftBatchNotFound(batch_id=batch_id)
        return row


def _card_id(row: GiftBatchRow, place: int) -> str:
    """No id that a caller makes has a colon in it (`GiftId`): these are of batches alone."""
    return f"{row.batch_id}:{place}"


def _activation(asked: Asked, row: GiftBatchRow, stands: GiftCardStands) -> tuple[GiftCardMove, Transaction]:
    assert row.amount_minor is not None
    card_id = stands.row.gift_card_id
    transaction = load(
        replace(
            head_of(asked.actor, asked.group, row.batch_id, asked.now_ms), transaction_id=f"{card_id}/value"
        ),
        source=VALUE_ISSUED,
        account=gift_card_value(card_id),
        asset=parse_asset(asked.asset),
        amount=row.amount_minor,
        expires_ms=row.expires_ms,
        funder=row.funder,
    )
    move = GiftCardMove(
        gift_card_id=card_id,
        from_states=(GiftCardState.MADE,),
        to_state=GiftCardState.ACTIVE,
        activation_id=row.activation_id,
        amount_minor=row.amount_minor,
        expires_ms=row.expires_ms,
    )
    return move, transaction


def batch_view(row: GiftBatchRow) -> api_stored_value.GiftBatchView:
    """A batch as answers show it."""
    return api_stored_value.GiftBatchView(
        batch_id=row.batch_id,
        state=row.state,
        cards=row.cards,
        amount_minor=row.amount_minor,
        purpose=row.purpose,
        funder=row.funder,
        made_by=row.made_by,
        made_ms=row.made_ms,
        handed_out_ms=row.handed_out_ms,
        activated_ms=row.activated_ms,
        expires_ms=row.expires_ms,
    )
