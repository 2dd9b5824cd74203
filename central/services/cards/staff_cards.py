"""Cards of staff: issued, blocked, and judged each time one is held to a reader (docs/cards.md).

A card of staff is no member's: it earns nothing and shows no balance. What it proves is judged here as for
any other card: a number that is typed or scanned proves nothing, a chip's UID only that the chip was near.
"""

from collections.abc import Sequence

from central.services.cards.chip_messages import CardMessageReplayed, ChipMessages
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.pins import Pins, staff_owner
from central.services.group.staff import StaffUnknown, serves
from central.storage.interface.tills import StaffCardRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import STAFF_CARDS_SHOWN_MAX
from loyalty.programme.identification import Strength, strength_of
from wire import api
from wire.api_tills import StaffCardBody, StaffCardView, StaffHolderView


class StaffCardRefused(LoyaltyError):
    """No card of staff opens anything here: unknown, blocked, not proved, or its clerk serves elsewhere."""

    code = "staff_card_refused"
    trouble = Trouble.FORBIDDEN
    text = "This card opens nothing here. Hold the card itself to the reader, or ask head office for one."


class StaffCardNotFound(LoyaltyError):
    """Nobody has this id."""

    code = "staff_card_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no staff card of {staff_id}. See: officine staff-card list"


class StaffCardsService:
    """Issues and judges cards of staff."""

    def __init__(self, context: Context, messages: ChipMessages, pins: Pins) -> None:
        self._pins = pins
        self._store = context.store
        self._clock = context.clock
        self._messages = messages

    async def issue(self, actor: Actor, body: StaffCardBody) -> tuple[StaffCardView, bool]:
        """Enter a card for a person of staff; the same again is a replay (True).

        Raises: IdempotencyConflict, StaffUnknown.
        """
        access.require(actor, access.CARDS_WRITE)
        access.require(actor, access.TERMINALS_PAIR)
        if await self._store.find_staff(actor.group_id, body.staff_id) is None:
            raise StaffUnknown(staff_id=body.staff_id)
        row = StaffCardRow(
            group_id=actor.group_id,
            staff_id=body.staff_id,
            uid=body.uid,
            name=body.name,
            needs=body.needs,
            issued_ms=self._clock(),
        )
        recorded = await self._store.put_staff_card(row)
        return _view(recorded.row), recorded.is_replay

    async def block(self, actor: Actor, staff_id: str) -> StaffCardView:
        """Block a card, for good. Raises: StaffCardNotFound."""
        access.require(actor, access.CARDS_WRITE)
        row = await self._store.block_staff_card(actor.group_id, staff_id, self._clock())
        if row is None:
            raise StaffCardNotFound(staff_id=staff_id)
        return _view(row)

    async def list_cards(self, actor: Actor) -> Sequence[StaffCardView]:
        """All cards of staff, by id."""
        access.require(actor, access.CARDS_READ)
        rows = await self._store.list_staff_cards(actor.group_id, STAFF_CARDS_SHOWN_MAX)
        return [_view(row) for row in rows]

    async def identify(
        self,
        actor: Actor,
        evidence: api.EvidenceBody,
        *,
        pin: str | None = None,
        least: Strength = Strength.NFC_UID,
    ) -> StaffHolderView:
        """Who holds this card, and what it opens at this terminal; `pin`: the clerk's code, judged as well.

        `least`: what the act asks of the card, where that is more than the card's own row does.

        Raises: StaffCardRefused, CardMessageInvalid, CardMessageReplayed; with a code as `Pins.check`.
        """
        access.require(actor, access.IDENTIFY)
        row, is_verified = await self._find(actor, evidence)
        if row is None or row.blocked_ms is not None:
            raise StaffCardRefused
        clerk = await self._store.find_staff(actor.group_id, row.staff_id)
        if clerk is None or not serves(clerk, actor.shop_id):
            raise StaffCardRefused
        if strength_of(evidence.medium, is_verified=is_verified) < max(least, Strength[row.needs.upper()]):
            raise StaffCardRefused
        owner = staff_owner(row.staff_id)
        asks_pin = pin is None and await self._pins.find(actor.group_id, owner) is not None
        if pin is not None:
            await self._pins.check(actor.group_id, owner, pin, staff_id=row.staff_id, shop_id=actor.shop_id)
        return StaffHolderView(
            staff_id=row.staff_id, name=row.name, may=["pair_tills", "look_after"], asks_pin=asks_pin
        )

    async def _find(self, actor: Actor, evidence: api.EvidenceBody) -> tuple[StaffCardRow | None, bool]:
        match evidence.medium:
            case "nfc_uid":
                return await self._store.find_staff_card(actor.group_id, evidence.value.upper()), False
            case "ntag424":
                tap = await self._messages.read(actor.group_id, evidence.value)
                if not await self._messages.is_new(actor, tap):
                    raise CardMessageReplayed
                return await self._store.find_staff_card(actor.group_id, tap.uid), True
            case _:
                return None, False


def _view(row: StaffCardRow) -> StaffCardView:
    return StaffCardView(
        staff_id=row.staff_id,
        name=row.name,
        needs=row.needs,
        issued_ms=row.issued_ms,
        blocked_ms=row.blocked_ms,
    )
