"""A card that is held to a kiosk's reader to become somebody's: found by what it shows."""

from central.services.core.access import Actor
from central.services.members.identify import IdentifyService
from central.storage.interface.rows import CardRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.card import CardState
from wire.api import EvidenceBody


class NewCardRefused(LoyaltyError):
    """What was held there as the new card is none."""

    code = "new_card_refused"
    trouble = Trouble.REFUSED
    text = "This is not a new card of this group. Take one that was never used, and hold it to the reader."


async def find_held(identify: IdentifyService, actor: Actor, evidence: EvidenceBody) -> CardRow:
    """The card of the group that was held there; one with a chip is known by its chip alone.

    A blank one whose validity is over is none: it would be born expired.

    Raises: NewCardRefused.
    """
    try:
        key = await identify.find_key(actor, evidence)
        card = None if key.found else await identify.find_row(actor.group_id, key)
    except LoyaltyError as error:
        if error.trouble is Trouble.UNAVAILABLE:
            raise
        raise NewCardRefused from error
    if card is None or (card.uid and key.uid != card.uid):
        raise NewCardRefused
    if card.state == CardState.STOCK and identify.is_past(card):
        raise NewCardRefused
    return card
