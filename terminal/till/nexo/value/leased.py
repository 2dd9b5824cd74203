"""Redemption in a cut: points of the card's lease pay, and nothing else (docs/offline.md)."""

from msgspec.structs import replace

from loyalty.errors import LoyaltyError
from loyalty.pricing.basket import Basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, verdict
from loyalty.programme.identification import Strength, strength_of
from loyalty.programme.leasing import LeaseMissing, LeaseTooSmall, require_burn
from terminal.central_link import CentralUnreachable
from terminal.leases.store import KeptLease, LeaseChanged, draw, undraw
from terminal.open_tickets import OpenTicket, Part
from terminal.till.nexo.context import NexoFailure, Till
from terminal.till.nexo.holder import Holder
from wire.api_tenders import LeaseBurnBody
from wire.offline_basket import offline_basket


async def burn(till: Till, ticket: OpenTicket, holder: Holder, part: Part) -> tuple[OpenTicket, Part]:
    """Take `part.points` out of the card's lease; on return ticket and lease are on the disk together.

    Raises: NexoFailure; LeaseMissing, LeaseTimeUnknown, LeaseOver, LeaseTooSmall; CentralUnreachable: what
        must be known to let points pay is not known here.
    """
    if ticket.reservation_id or ticket.is_paying:
        raise CentralUnreachable(reason=till.link.trouble or "the ticket is held at central")
    if not till.offline.may_redeem():
        raise CentralUnreachable(reason="the list of blocked cards here is too old")
    lease = await till.leases.find(holder.evidence, holder.uid)
    now_ms = till.time.now_ms()
    require_burn(None if lease is None else lease.at_hand, part.points, now_ms)
    assert lease is not None, "without a lease nothing is burned"
    assert now_ms is not None, "without the time nothing is burned"
    terms = lease.terms
    if strength_of(holder.evidence.medium) < Strength[terms.needs.upper()]:
        raise LeaseMissing
    worth_minor = _worth(lease, part.points)
    payable_minor = _payable(till, ticket)
    if worth_minor > payable_minor:
        raise NexoFailure(
            "NotAllowed",
            f"Without a line points may pay at most {payable_minor} minor units of this ticket."
            " Take fewer points.",
            reason_code="redeeming_too_much",
        )
    taken = replace(part, amount_minor=worth_minor, lease_id=lease.lease_id, drawn_ms=now_ms)
    kept = await till.tickets.find(ticket.key)
    paying = replace(
        ticket,
        parts=(*ticket.parts, taken),
        reserved_ms=till.clock(),
        candidates=tuple(kept.may_stand) if kept else (),
    )
    try:
        stands = await till.tickets.put(
            paying, now_ms=till.clock(), beside=lambda db: draw(db, lease.lease_id, part.points)
        )
    except LeaseChanged:  # given back, or burned by another till, since it was looked at
        raise LeaseTooSmall(left=0, points=part.points) from None
    await till.desk.cut_changed()
    return stands, taken


async def give_up(till: Till, ticket: OpenTicket, part: Part) -> OpenTicket:
    """The till takes the redemption back before the ticket is booked: the lease has its points again."""
    left = tuple(each for each in ticket.parts if each.poi_id != part.poi_id)
    empty = replace(ticket, parts=left)
    stands = await till.tickets.put(
        empty, now_ms=till.clock(), beside=lambda db: undraw(db, part.lease_id, part.points)
    )
    await till.desk.cut_changed()
    return stands


def burned_of(ticket: OpenTicket) -> LeaseBurnBody | None:
    """What central hears of it with the paid ticket."""
    for part in ticket.parts:
        if part.lease_id:
            return LeaseBurnBody(lease_id=part.lease_id, points=part.points, drawn_ms=part.drawn_ms)
    return None


def require_not_leased(ticket: OpenTicket) -> None:
    """A ticket that points of a lease pay stands on nothing else of central. Raises: NexoFailure."""
    if burned_of(ticket) is not None:
        raise NexoFailure(
            "NotAllowed",
            "Points paid for this ticket while the line was down: nothing else of the member's can pay for"
            " it, and its lines stay. Take another tender, or reverse the points and begin anew.",
            reason_code="ticket_paid_offline",
        )


def _worth(lease: KeptLease, points: int) -> int:
    terms = lease.terms
    if points % terms.step_points:
        raise NexoFailure(
            "NotAllowed",
            f"Points are redeemed in steps of {terms.step_points}. Choose a multiple of it.",
            reason_code="redeeming_not_in_steps",
        )
    return points // terms.step_points * terms.step_minor


def _payable(till: Till, ticket: OpenTicket) -> int:
    """What of the ticket points may pay by law, as far as the bundle knows the articles: unknown is not.

    Raises: CentralUnreachable: there is no bundle to judge by.
    """
    opened = till.offline.usable()
    if opened is None or opened.bundle.currency != ticket.basket.currency:
        raise CentralUnreachable(reason="there are no prices and rules here to go by")
    try:
        basket = offline_basket(
            opened.bundle, ticket.basket, occurred_ms=ticket.occurred_ms, zone=opened.zone
        )
    except LoyaltyError as error:
        raise CentralUnreachable(reason=str(error)) from error
    return sum(
        ticket.amounts.get(line.line_no, line.amount_minor)
        for line in basket.lines
        if _may_pay(basket, line.article.article_class if line.article else ArticleClass.UNKNOWN)
    )


def _may_pay(basket: Basket, article_class: ArticleClass) -> bool:
    return verdict(basket.country, article_class, LegalAct.REDEEM_ON, basket.local_day).is_allowed
