"""What central holds for a ticket: quoted and reserved anew whenever its parts or its lines change."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final

import structlog
from msgspec.structs import replace

from loyalty.limits.tickets import RESERVATIONS_NAMED_MAX
from loyalty.programme.found import is_found
from terminal.card_proofs import NEEDED, CardNotThere
from terminal.card_talk import CardTalkFailed
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.offline.pricing import tell
from terminal.open_tickets import OpenTicket, Part
from terminal.till.nexo.context import Acquisition, Ask, Till
from terminal.till.nexo.noting import is_central_away
from terminal.till.nexo.value.leased import give_up, require_not_leased
from wire.api import EvidenceBody
from wire.api_sales import QuoteBody, QuoteView, ReservationBody, ReservationView
from wire.api_tenders import TenderBody

log = structlog.get_logger(__name__)

CHANGED_MEANWHILE: Final = frozenset({"quote_changed", "quote_expired"})
"""Somebody took the last of a limit between quote and reservation, or it lasted: asked once more."""


async def quote(till: Till, ticket: OpenTicket) -> QuoteView:
    """What the ticket costs and earns by now. Raises: CentralUnreachable, CentralRefused."""
    body = QuoteBody(basket=ticket.basket, holder=ticket.holder, replaces=ticket.may_stand)
    return await till.value.quote(body, ticket.tap_id)


async def agree(
    till: Till,
    ticket: OpenTicket,
    parts: Sequence[Part],
    ask: Ask | None = None,
    *,
    gone: asyncio.Event | None = None,
) -> tuple[OpenTicket, QuoteView, ReservationView]:
    """As `_agree`; where central wants the card itself to prove that it is there, it is asked to.

    `ask`: the till's message, which it may give up meanwhile; `gone`: set when a till without such a word
    hung up.
    Raises: as `_agree`; CardNotThere, CardTalkFailed.
    """
    try:
        return await _agree(till, ticket, parts)
    except CentralRefused as refused:
        if refused.problem.code != NEEDED or ticket.holder is None:
            raise
    holder = await _proved(till, ticket.holder, ask, gone)
    return await _agree(till, replace(ticket, holder=holder), parts)


async def _proved(
    till: Till, holder: EvidenceBody, ask: Ask | None, gone: asyncio.Event | None
) -> EvidenceBody:
    """The evidence with a proof that its card gave just now."""
    waiting = Acquisition(ask.key) if ask is not None else None
    till.proving = waiting
    try:
        proof = await till.proofs.prove(holder, waiting.aborted if waiting else gone)
    finally:
        till.proving = None
    return replace(holder, proof_id=proof.proof_id)


async def _agree(
    till: Till, ticket: OpenTicket, parts: Sequence[Part]
) -> tuple[OpenTicket, QuoteView, ReservationView]:
    """Hold the ticket with these parts at central, in place of what was held before; it is kept on the disk.

    Central puts the new reservation in the place of the old one in one step: refused, the old one stands.
    Raises: CentralUnreachable: nothing is known of the new one; one of the two stands. CentralRefused.
    """
    require_not_leased(ticket)
    wanted = replace(ticket, parts=tuple(parts))
    try:
        return await _hold(till, wanted)
    except CentralRefused as refused:
        if refused.problem.code not in CHANGED_MEANWHILE:
            raise
    return await _hold(till, wanted)


async def agree_or_tell(
    till: Till, ticket: OpenTicket, parts: Sequence[Part]
) -> tuple[OpenTicket, QuoteView | None]:
    """As `agree`; while central is away a ticket that no value pays is priced from the bundle, and kept so.

    Raises: CentralUnreachable: there is no bundle to price with, or value is to be held. CentralRefused.
    """
    if not is_central_away(till):
        try:
            held, quoted, _ = await agree(till, ticket, parts)
        except CentralUnreachable:
            return await _tell(till, ticket, parts), None
        return held, quoted
    return await _tell(till, ticket, parts), None


async def _tell(till: Till, ticket: OpenTicket, parts: Sequence[Part]) -> OpenTicket:
    told = None
    if not any(part.is_value for part in parts):
        is_member = ticket.holder is not None and not is_found(ticket.holder.value)
        told = await tell(till.offline, ticket.basket, occurred_ms=ticket.occurred_ms, is_member=is_member)
    if told is None:
        raise CentralUnreachable(reason=till.link.trouble or "the line is down")
    kept = await till.tickets.find(ticket.key)
    priced = replace(
        ticket,
        parts=tuple(parts),
        told=told,
        quote_id="",
        reservation_id="",
        candidates=tuple(kept.may_stand) if kept else (),
        amounts={line.line_no: line.amount_minor for line in told.lines},
    )
    return await till.tickets.put(priced, now_ms=till.clock())


async def drop_part(till: Till, ticket: OpenTicket, part: Part) -> OpenTicket:
    """The ticket without a part, as `drop_parts`; points of a lease are back in it."""
    if part.lease_id:
        return await give_up(till, ticket, part)
    return await drop_parts(till, ticket, [each for each in ticket.parts if each.poi_id != part.poi_id])


async def drop_parts(till: Till, ticket: OpenTicket, left: Sequence[Part]) -> OpenTicket:
    """The ticket without some of its parts. What they took is free as soon as central hears of it, at the
    latest when its reservation ends; here they pay no more from now on.
    """
    if left:
        require_not_leased(ticket)
    amounts = ticket.amounts if left else {}
    told = ticket.told if left else None
    dropped = replace(ticket, parts=tuple(left), amounts=amounts, told=told)
    dropped = await till.tickets.put(dropped, now_ms=till.clock())
    try:
        if left:
            dropped, _, _ = await agree(till, dropped, left)
            return dropped
        for reservation_id in dropped.may_stand:
            await till.value.release(reservation_id)
    except (CentralUnreachable, CentralRefused, CardNotThere, CardTalkFailed) as error:
        log.info("parts_not_released", reservation_id=ticket.reservation_id, code=error.code)
        return await till.tickets.find(ticket.key) or dropped
    return await till.tickets.put(
        replace(dropped, reservation_id="", quote_id="", candidates=()), now_ms=till.clock()
    )


async def let_go(till: Till, ticket: OpenTicket) -> None:
    """Let go all that may stand for a ticket; what cannot be reached ends by itself."""
    for reservation_id in ticket.may_stand:
        try:
            await till.value.release(reservation_id)
        except (CentralUnreachable, CentralRefused) as error:
            log.info("reservation_not_released", reservation_id=reservation_id, code=error.code)


async def _hold(till: Till, ticket: OpenTicket) -> tuple[OpenTicket, QuoteView, ReservationView]:
    """Raises: CentralUnreachable, CentralRefused."""
    reservation_id = secrets.token_hex(16)
    kept = await till.tickets.find(ticket.key)
    before = kept or replace(ticket, parts=(), amounts={})
    body = QuoteBody(basket=ticket.basket, holder=ticket.holder, replaces=before.may_stand)
    quoted = await till.value.quote(body, ticket.tap_id)
    # Kept when it is refused too: a copy of the request may come through later, when there is enough.
    candidates = (*before.candidates, reservation_id)[1 - RESERVATIONS_NAMED_MAX :]
    await till.tickets.put(replace(before, candidates=candidates), now_ms=till.clock())
    reserved = await till.value.reserve(
        ReservationBody(
            reservation_id=reservation_id,
            quote_id=quoted.quote_id,
            quote=body,
            redeem_points=sum(part.points for part in ticket.parts),
            tenders=tenders_of(ticket.parts),
        ),
        ticket.tap_id,
    )
    parts = [
        replace(part, amount_minor=reserved.redeem_minor) if part.kind == "points" else part
        for part in ticket.parts
    ]
    held = replace(
        ticket,
        parts=tuple(parts),
        quote_id=quoted.quote_id,
        reservation_id=reservation_id,
        reserved_ms=till.clock(),
        candidates=(),
        told=None,
        amounts={line.line_no: line.amount_minor for line in quoted.lines},
    )
    return await till.tickets.put(held, now_ms=till.clock()), quoted, reserved


def tenders_of(parts: Sequence[Part]) -> list[TenderBody]:
    """The stored value among the parts, as central takes it."""
    bodies = []
    for part in parts:
        if part.kind == "purse":
            bodies.append(TenderBody(kind="purse", amount_minor=part.amount_minor))
        elif part.kind == "gift_card":
            bodies.append(TenderBody(kind="gift_card", amount_minor=part.amount_minor, number=part.number))
    return bodies
