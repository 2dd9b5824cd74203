"""What pays: the member's purse or points by the card on the reader, or a gift card by its number."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from loyalty.limits.texts import ID_CHARS_MAX
from terminal import session as flow
from terminal.session import CardSession
from terminal.till.caisse_ap.payments import TenderKind
from terminal.till.nexo.context import NexoFailure, Till
from terminal.till.nexo.holder import Holder, find_holder
from terminal.till_settings import TenderChoice
from wire.messages import Medium

PRINTED: Final[frozenset[Medium]] = frozenset({"barcode", "qr", "typed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """`number`: of the gift card, else of the member's card; `holder` is None for a gift card."""

    kind: TenderKind
    number: str
    holder: Holder | None = None
    medium: Medium | None = None


def tender_of(tenders: Mapping[str, TenderChoice], application: str) -> TenderChoice:
    """What the till's application code (CC) stands for here. Raises: NexoFailure."""
    choice = tenders.get(application)
    if choice is None:
        raise NexoFailure(
            "NotAllowed",
            "This application (CC) is none of this terminal's: it takes stored value alone.",
            reason_code="tender_unknown",
        )
    return choice


async def find_payer(
    till: Till, sale_id: str, private: str, choice: TenderChoice, *, gone: asyncio.Event, wait_s: float
) -> Payer:
    """Who pays. A gift card by the number in the private field (CF) or scanned here; else a tapped card.

    Raises: NexoFailure: nobody tapped in time, a code that is no gift card's, the till hung up.
    """
    told = _number(private)
    if told and choice in ("gift_card", "any"):
        return Payer(kind="gift_card", number=told)
    card = await _wait(till, sale_id, gone=gone, wait_s=wait_s)
    scanned = _number(card.evidence.value) if card.evidence.medium in PRINTED else ""
    if choice == "gift_card" or (choice == "any" and scanned and card.identified is None):
        if not scanned:
            raise NexoFailure(
                "NotFound",
                "No gift card: scan it at the terminal, or send its number in CF.",
                reason_code="gift_number_missing",
            )
        till.desk.put(flow.ended(till.desk.sessions, card.session_id))  # used up: no card of the next ticket
        return Payer(kind="gift_card", number=scanned, medium=card.evidence.medium)
    holder = find_holder(till, sale_id, None, None)
    if holder is None:  # taken away in this very moment
        raise _card_missing()
    number = card.identified.card_number if card.identified else card.evidence.value
    kind: TenderKind = "points" if choice == "points" else "purse"
    return Payer(kind=kind, number=number, holder=holder, medium=card.evidence.medium)


async def _wait(till: Till, sale_id: str, *, gone: asyncio.Event, wait_s: float) -> CardSession:
    waiting = asyncio.create_task(till.desk.wait_card(sale_id), name="caisse-ap-card")
    leaving = asyncio.create_task(gone.wait(), name="caisse-ap-gone")
    try:
        await asyncio.wait({waiting, leaving}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
    finally:
        waiting.cancel()
        leaving.cancel()
    if leaving.done() and gone.is_set():
        raise NexoFailure("Aborted", "The till hung up.", reason_code="answer_lost")
    raise _card_missing()


def _number(text: str) -> str:
    number = "".join(text.split())
    is_one = number.isdecimal() and number.isascii() and len(number) <= ID_CHARS_MAX
    return number if is_one else ""


def _card_missing() -> NexoFailure:
    return NexoFailure(
        "NotFound",
        "No card was tapped in time. Have the member tap, then pay again.",
        reason_code="card_missing",
    )
