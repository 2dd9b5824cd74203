"""What central holds for a ticket: quoted and reserved anew whenever its parts or its lines change."""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from loyalty.errors import LoyaltyError
from loyalty.programme.found import is_found
from terminal.card_proofs import NEEDED
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


async def quote(till: Till, ticket: OpenTicket) -> QuoteView:
    """What the ticket costs and earns by now. Raises: CentralUnreachable, CentralRefused."""
    return await till.value.quote(QuoteBody(basket=ticket.basket, holder=ticket.holder), ticket.tap_id)


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

    The new reservation is made before the old one is let go. Only where there is not enough for both is the
    old one let go first, and made again when the new one is refused all the same.
    Raises: CentralUnreachable: nothing is known of the new one; the old one stands. CentralRefused.
    """
    require_not_leased(ticket)
    wanted = replace(ticket, parts=tuple(parts))
    await _let_go_candidate(till, ticket)
    try:
        held = await _hold(till, wanted)
    except CentralRefused as refused:
        if not ticket.reservation_id or refused.problem.code == NEEDED:
            await till.tickets.put(replace(ticket, candidate_id=""), now_ms=till.clock())
            raise
        await till.value.release(ticket.reservation_id)
        try:
            held = await _hold(till, replace(wanted, reservation_id=""))
        except CentralRefused:
            await _hold(till, replace(ticket, reservation_id=""))
            raise refused from None
        return held
    if ticket.reservation_id:
        await let_go(till, ticket.reservation_id)
    return held


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
        candidate_id=kept.candidate_id if kept else "",
        amounts={line.line_no: line.amount_minor for line in told.lines},
    )
    return await till.tickets.put(priced, now_ms=till.clock())


async def drop_part(till: Till, ticket: OpenTicket, part: Part) -> OpenTicket:
    """The ticket without a part: what it took is free again.

    Raises: CentralUnreachable, CentralRefused: nothing changed.
    """
    if part.lease_id:
        return await give_up(till, ticket, part)
    return await drop_parts(till, ticket, [each for each in ticket.parts if each.poi_id != part.poi_id])


async def drop_parts(till: Till, ticket: OpenTicket, left: Sequence[Part]) -> OpenTicket:
    """The ticket without some of its parts: what they took is free again.

    Raises: CentralUnreachable, CentralRefused: nothing changed.
    """
    if left:
        changed, _, _ = await agree(till, ticket, left)
        return changed
    await _let_go_candidate(till, ticket)
    if ticket.reservation_id:
        await till.value.release(ticket.reservation_id)
    empty = replace(ticket, parts=(), reservation_id="", quote_id="", candidate_id="", amounts={}, told=None)
    return await till.tickets.put(empty, now_ms=till.clock())


async def let_go(till: Till, reservation_id: str) -> None:
    """Let a reservation go; one that cannot be reached ends by itself."""
    try:
        await till.value.release(reservation_id)
    except (CentralUnreachable, CentralRefused) as error:
        log.info("reservation_not_released", reservation_id=reservation_id, code=error.code)


async def _let_go_candidate(till: Till, ticket: OpenTicket) -> None:
    if ticket.candidate_id:
        with contextlib.suppress(LoyaltyError):
            await till.value.release(ticket.candidate_id)


async def _hold(till: Till, ticket: OpenTicket) -> tuple[OpenTicket, QuoteView, ReservationView]:
    reservation_id = secrets.token_hex(16)
    quoted = await quote(till, ticket)
    kept = await till.tickets.find(ticket.key)
    before = replace(kept or ticket, reservation_id=ticket.reservation_id)
    if kept is None:
        before = replace(before, parts=(), amounts={})
    await till.tickets.put(replace(before, candidate_id=reservation_id), now_ms=till.clock())
    body = ReservationBody(
        reservation_id=reservation_id,
        quote_id=quoted.quote_id,
        quote=QuoteBody(basket=ticket.basket, holder=ticket.holder),
        redeem_points=sum(part.points for part in ticket.parts),
        tenders=tenders_of(ticket.parts),
    )
    reserved = await till.value.reserve(body, ticket.tap_id)
    held = replace(
        ticket,
        quote_id=quoted.quote_id,
        reservation_id=reservation_id,
        reserved_ms=till.clock(),
        candidate_id="",
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
