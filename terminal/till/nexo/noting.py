"""What award and refund share: whose card, the outbox entry, and the short wait for central."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from typing import Final

import msgspec

from loyalty.limits.tills import CARD_LATE_S, TILL_ANSWER_MAX_MS
from loyalty.programme.card import BlockedCard
from terminal import bodies
from terminal import session as flow
from terminal.central_link import CentralRefused
from terminal.offline.pricing import Told
from terminal.outbox import Fact, NewEntry
from terminal.sender import Outcome
from terminal.till.nexo.basket import occurred_ms
from terminal.till.nexo.context import Ask, NexoFailure, Till, new_poi_transaction
from terminal.till.nexo.holder import Holder, find_holder
from wire.api import EvidenceBody
from wire.api_sales import ReturnBody, SaleBody
from wire.messages import Evidence
from wire.nexo.base import SaleData
from wire.nexo.loyalty import LoyaltyRequest

_NEXO_TYPES: Final = frozenset({"Loyalty.Award", "Loyalty.AwardRefund"})


def holder_of(till: Till, ask: Ask, request: LoyaltyRequest) -> Holder | None:
    """The card the request names, or the one on the reader."""
    data = request.first_data
    reference = data.card_acquisition_reference if data else None
    account = data.loyalty_account_id if data else None
    return find_holder(till, ask.sale_id, reference, account)


async def note_and_wait(till: Till, new: NewEntry, evidence: Evidence | None) -> tuple[Fact, Outcome | None]:
    """Save first, then wait a moment for central; None when it has not answered yet.

    Raises: CentralRefused: the entry is kept as refused. OutboxFull, TicketChanged.
    """
    fact, future = await till.sender.note(new)
    if not future.done():
        till.desk.put(flow.noted(till.desk.sessions, fact.entry_id, evidence))
        if till.link.state == "up" and not till.sender.parked_code:
            await asyncio.wait([future], timeout=TILL_ANSWER_MAX_MS / 1000)
    if not future.done():
        return fact, None
    outcome = future.result()
    if outcome.problem is not None:
        raise CentralRefused(outcome.problem)
    return fact, outcome


def new_entry(
    till: Till,
    kind: str,
    entry_id: str,
    sale_id: str,
    body: SaleBody | ReturnBody,
    lines: Sequence[tuple[int, int]],
    holder: Holder | None,
    content: Sequence[object],
    told: Told | None = None,
) -> NewEntry:
    """An entry for the outbox. `content`: what makes the same ticket the same, beside who earns."""
    transaction = new_poi_transaction(till.clock)
    whose = [holder.evidence.medium, holder.evidence.value] if holder and kind == "sale" else []
    hashed = json.dumps([body.business_key, kind, content, whose]).encode()
    return NewEntry(
        entry_id=entry_id,
        kind="sale" if kind == "sale" else "return",
        sale_id=sale_id,
        tap_id=holder.tap_id if holder else "",
        body=bodies.encode(body),
        business_key=body.business_key,
        content_hash=hashlib.sha256(hashed).digest(),
        poi_transaction_id=transaction.transaction_id,
        poi_time=transaction.time_stamp,
        lines=json.dumps(lines),
        told=None if told is None else msgspec.json.encode(told),
    )


def business_key(ask: Ask, sale_data: SaleData, type_: str) -> str:
    """The ticket's own identity. Award and refund may carry the same ticket: the type keeps them apart."""
    ticket = sale_data.sale_transaction_id
    return "|".join((ask.sale_id, ticket.transaction_id, ticket.time_stamp, f"Loyalty.{type_}"))


def evidence_body(evidence: Evidence) -> EvidenceBody:
    """Evidence as central takes it."""
    return EvidenceBody(medium=evidence.medium, value=evidence.value)


async def is_card_late(till: Till, ask: Ask, moment_ms: int) -> bool:
    """Whether a ticket of then, that is first heard of now, counts as one whose card was forgotten.

    A till that was cut off sends its tickets in their order; a leap of one clock alone proves nothing either.
    So it counts where the till brought a ticket of hours later before this one.
    """
    if till.clock() - moment_ms <= CARD_LATE_S * 1000:
        return False
    keys = await till.outbox.list_last_keys_of(ask.sale_id)
    parts = (key.rsplit("|", 2) for key in keys)  # see `business_key`; printed ones tell none
    moments = (occurred_ms(stamp) for _, stamp, type_ in parts if type_ in _NEXO_TYPES)
    return any(moment - moment_ms > CARD_LATE_S * 1000 for moment in moments)


def is_central_away(till: Till) -> bool:
    """Whether central is known not to answer for this ticket now."""
    return till.link.state != "up" or bool(till.sender.parked_code)


def require_not_hot(till: Till, evidence: Evidence | None, uid: str = "") -> None:
    """While central is away a card that is known as blocked is refused, as central would.

    Raises: NexoFailure.
    """
    if evidence is not None and is_central_away(till):
        refuse_hot(till, evidence, uid)


def refuse_hot(till: Till, evidence: Evidence, uid: str) -> None:
    """A card that is known here as blocked is refused, whatever the line does. Raises: NexoFailure."""
    if till.offline.is_hot(evidence, uid):
        raise NexoFailure("InvalidCard", BlockedCard.text, reason_code=BlockedCard.code)
