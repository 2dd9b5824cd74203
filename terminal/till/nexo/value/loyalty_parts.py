"""Rebate and Redemption before a ticket is paid, and their refunds."""

from decimal import Decimal

from msgspec.structs import replace

from loyalty.money import AmountDoesNotFit, format_minor, parse_minor, scale_of
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.open_tickets import OpenTicket, Part, PartKind
from terminal.till.nexo import texts
from terminal.till.nexo.context import (
    Ask,
    NexoFailure,
    Till,
    additional,
    new_poi_transaction,
    poi_data,
    success,
)
from terminal.till.nexo.holder import NO_CARD, Holder, card_missing, describe, loyalty_account
from terminal.till.nexo.loyalty_answers import group_language
from terminal.till.nexo.noting import holder_of, is_central_away, refuse_hot, require_not_hot
from terminal.till.nexo.value import leased
from terminal.till.nexo.value.agreeing import agree, agree_or_tell, drop_part, quote
from terminal.till.nexo.value.parts import find_booked, find_part, part_of, same_or_refuse
from terminal.till.nexo.value.tickets import begin_or_find, ticket_key
from wire.api import ProfileView
from wire.api_sales import QuoteView, ReservationView
from wire.nexo.base import TransactionIdentification
from wire.nexo.loyalty import (
    LoyaltyAmount,
    LoyaltyRequest,
    LoyaltyResponse,
    LoyaltyResult,
    Rebates,
    SaleItemRebate,
)


async def rebate(till: Till, ask: Ask, request: LoyaltyRequest) -> LoyaltyResponse:
    """What this member pays less, line by line; the terms are held until the ticket is paid."""
    holder = _require_holder(till, ask, holder_of(till, ask, request))
    transaction = request.loyalty_transaction
    ticket = await begin_or_find(
        till,
        ask,
        request.sale_data,
        holder=holder,
        items=transaction.sale_item,
        currency=transaction.currency,
    )
    part = part_of(ticket, "rebate")
    if part is not None:
        return _rebated(till, request, ticket, part, None if ticket.told else await quote(till, ticket))
    require_not_hot(till, holder.evidence, holder.uid)
    part = new_part(till, "rebate")
    ticket, quoted = await agree_or_tell(till, ticket, [*ticket.parts, part])
    return _rebated(till, request, ticket, part, quoted)


async def redeem(till: Till, ask: Ask, request: LoyaltyRequest) -> LoyaltyResponse:
    """Points pay a part of the ticket: held now, burned when the ticket is booked."""
    points = _points_of(request)
    if booked := await find_booked(till, ticket_key(ask, request.sale_data), "points"):
        same_or_refuse(booked[1].points == points)
        return _redeemed(till, request, *booked, None)
    holder = holder_of(till, ask, request)
    if holder is None:  # a crash may have left the answer untold, and the card is gone
        stands = await till.tickets.find(ticket_key(ask, request.sale_data))
        part = part_of(stands, "points") if stands is not None and stands.state == "open" else None
        if stands is not None and part is not None:
            same_or_refuse(part.points == points)
            return _redeemed(till, request, stands, part, None)
    holder = _require_holder(till, ask, holder)
    transaction = request.loyalty_transaction
    ticket = await begin_or_find(
        till,
        ask,
        request.sale_data,
        holder=holder,
        items=transaction.sale_item,
        currency=transaction.currency,
    )
    part = part_of(ticket, "points")
    if part is not None:
        same_or_refuse(part.points == points)
        return _redeemed(till, request, ticket, part, None)
    part = replace(new_part(till, "points"), points=points)
    try:
        ticket, quoted, reserved = await _agree(till, ask, ticket, holder, part)
    except CentralUnreachable:
        refuse_hot(till, holder.evidence, holder.uid)
        ticket, part = await leased.burn(till, ticket, holder, part)
        return _redeemed(till, request, ticket, part, None)
    part = replace(part, amount_minor=reserved.redeem_minor)
    return _redeemed(till, request, ticket, part, quoted.profile)


async def _agree(
    till: Till, ask: Ask, ticket: OpenTicket, holder: Holder, part: Part
) -> tuple[OpenTicket, QuoteView, ReservationView]:
    """Hold the points at central; where they are not enough, with what is set aside for this very terminal.

    Raises: CentralUnreachable, CentralRefused.
    """
    if is_central_away(till):
        raise CentralUnreachable(reason=till.link.trouble or "the line is down")
    try:
        return await agree(till, ticket, [*ticket.parts, part], ask)
    except CentralRefused as error:
        if error.problem.code != "balance_too_low" or not await till.leases.free(holder.evidence, holder.uid):
            raise
    return await agree(till, ticket, [*ticket.parts, part], ask)


async def undo(till: Till, ask: Ask, request: LoyaltyRequest, kind: PartKind) -> LoyaltyResponse:
    """RebateRefund, RedemptionRefund: what was told pays no more, and is free as soon as central hears of it.

    Raises: NexoFailure: not known here, or booked already.
    """
    original = request.loyalty_transaction.original_poi_transaction
    ticket, part = await find_part(till, ask, original.poi_transaction_id if original else None)
    if part is not None:
        if part.kind != kind:
            raise NexoFailure(
                "NotAllowed",
                "OriginalPOITransaction is of another kind. Send a Reversal, or the right refund.",
                reason_code="original_of_other_kind",
            )
        ticket = await drop_part(till, ticket, part)
    transaction = new_poi_transaction(till.clock)
    result = LoyaltyResult(
        loyalty_account=loyalty_account(till, ticket.account),
        loyalty_amount=LoyaltyAmount(loyalty_unit="Point", value=Decimal(part.points if part else 0)),
    )
    return LoyaltyResponse(
        response=success(),
        sale_data=request.sale_data,
        poi_data=poi_data(transaction),
        loyalty_result=[result],
    )


def new_part(till: Till, kind: PartKind) -> Part:
    """A part with a POITransactionID of its own."""
    transaction = new_poi_transaction(till.clock)
    return Part(kind=kind, poi_id=transaction.transaction_id, poi_time=transaction.time_stamp)


def identification(part: Part) -> TransactionIdentification:
    """What the till names it by."""
    return TransactionIdentification(transaction_id=part.poi_id, time_stamp=part.poi_time)


def _require_holder(till: Till, ask: Ask, holder: Holder | None) -> Holder:
    if holder is None:
        raise card_missing(till, ask.sale_id, NO_CARD)
    return holder


def _points_of(request: LoyaltyRequest) -> int:
    data = request.first_data
    amount = data.loyalty_amount if data else None
    if amount is None or amount.value is None or amount.loyalty_unit not in (None, "Point"):
        raise NexoFailure(
            "MessageFormat",
            "LoyaltyAmount must say how many points: LoyaltyUnit Point and Value.",
            reason_code="points_missing",
        )
    try:
        points = parse_minor(amount.value, 0)
    except AmountDoesNotFit:
        points = 0
    if not 0 < points <= 10_000_000:
        raise NexoFailure(
            "MessageFormat",
            "LoyaltyAmount.Value must be a whole number of points.",
            reason_code="points_missing",
        )
    return points


def _rebated(
    till: Till, request: LoyaltyRequest, ticket: OpenTicket, part: Part, quoted: QuoteView | None
) -> LoyaltyResponse:
    scale = scale_of(ticket.basket.currency)
    rebates, total = [], 0
    for line in ticket.basket.lines:
        less = (line.amount_minor or 0) - ticket.amounts.get(line.line_no, line.amount_minor or 0)
        if less > 0:
            total += less
            rebates.append(
                SaleItemRebate(
                    item_id=line.line_no,
                    product_code=line.code,
                    ean_upc=line.code,
                    item_amount=Decimal(format_minor(less, scale)),
                )
            )
    profile = quoted.profile if quoted else None
    will_earn = quoted.points if quoted else ticket.told.points if ticket.told else 0
    pairs = describe(profile) | {
        "rebateMinor": str(total),
        "toPayMinor": str(sum(ticket.amounts.values())),
        "currency": ticket.basket.currency,
        "scale": str(scale),
        "willEarn": str(will_earn),
    }
    if ticket.told is not None:
        pairs["bundle"] = ticket.told.bundle_id
    points = profile.points if profile else None
    result = LoyaltyResult(
        loyalty_account=loyalty_account(till, ticket.account),
        current_balance=None if points is None else Decimal(points),
        rebates=Rebates(total_rebate=Decimal(format_minor(total, scale)), sale_item_rebate=rebates or None),
    )
    return LoyaltyResponse(
        response=success(additional(pairs)),
        sale_data=request.sale_data,
        poi_data=poi_data(identification(part)),
        loyalty_result=[result],
    )


def _redeemed(
    till: Till, request: LoyaltyRequest, ticket: OpenTicket, part: Part, profile: ProfileView | None
) -> LoyaltyResponse:
    currency = ticket.basket.currency
    worth = format_minor(part.amount_minor, scale_of(currency))
    pairs = {
        "redeemedPoints": str(part.points),
        "redeemedMinor": str(part.amount_minor),
        "currency": currency,
        "scale": str(scale_of(currency)),
    }
    left = None if profile is None or profile.points is None else max(0, profile.points - part.points)
    language = profile.language if profile else ""
    result = LoyaltyResult(
        loyalty_account=loyalty_account(till, ticket.account),
        current_balance=None if left is None else Decimal(left),
        loyalty_amount=LoyaltyAmount(loyalty_unit="Point", value=Decimal(part.points)),
        rebates=Rebates(total_rebate=Decimal(worth)),
    )
    text = texts.paid_line("points", language or group_language(till), f"{currency} {worth}")
    return LoyaltyResponse(
        response=success(additional(pairs)),
        sale_data=request.sale_data,
        poi_data=poi_data(identification(part)),
        loyalty_result=[result],
        payment_receipt=texts.receipt([text]),
    )
