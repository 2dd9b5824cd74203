"""Cards that are handed out: from stock, or new where a clerk has only the number."""

from central.services.cards.cards import CardTaken
from central.services.core.access import Actor
from central.services.members.identify import IdentifyService
from central.storage.interface.rows import CardRow
from loyalty.programme.card import CardState, UnknownCard
from wire import api


async def stock_card(
    identify: IdentifyService,
    actor: Actor,
    evidence: api.EvidenceBody,
    *,
    member_id: str,
    state: CardState,
    is_new: bool,
    now_ms: int,
    may_be_new: bool = True,
) -> CardRow:
    """The card in the hand, as it is handed out: from stock, or new (a number alone, where it `may_be_new`).

    Raises: UnknownCard: no card of ours has this chip. CardTaken.
    """
    key = await identify.find_key(actor, evidence)
    known = await identify.find_row(actor.group_id, key)
    if known is None and (key.number is None or not may_be_new):
        raise UnknownCard
    is_theirs = known is not None and known.member_id == member_id and not is_new
    is_free = known is None or (known.state == CardState.STOCK and not identify.is_past(known))
    if not is_free and not is_theirs:
        raise CardTaken
    return CardRow(
        group_id=actor.group_id,
        card_number=known.card_number if known else key.number or "",
        uid=known.uid if known else "",
        member_id=member_id,
        state=state,
        reason="",
        replaced_by=None,
        valid_until_ms=known.valid_until_ms if known else None,
        issued_ms=now_ms,
    )
