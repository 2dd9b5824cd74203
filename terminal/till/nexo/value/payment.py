"""Payment: by purse and gift card. Every other tender belongs to the payment terminal."""

from decimal import Decimal

from msgspec.structs import replace

from loyalty.money import format_minor, scale_of
from terminal.central_link import CentralRefused
from terminal.open_tickets import OpenTicket, Part
from terminal.till.nexo import texts
from terminal.till.nexo.basket import amount_of, currency_of, scale_or_refuse
from terminal.till.nexo.context import Ask, NexoFailure, Till, additional, poi_data, success
from terminal.till.nexo.holder import Holder, card_missing, find_holder
from terminal.till.nexo.loyalty_answers import group_language
from terminal.till.nexo.value.agreeing import agree
from terminal.till.nexo.value.instruments import Instrument, account_id, instrument_of
from terminal.till.nexo.value.loyalty_parts import identification, new_part
from terminal.till.nexo.value.parts import find_booked, part_of, same_or_refuse
from terminal.till.nexo.value.tickets import begin_or_find, ticket_key
from wire.nexo.base import Nexo, TransactionIdentification
from wire.nexo.instruments import PaymentAcquirerData, PaymentInstrumentData
from wire.nexo.loyalty import LoyaltyData
from wire.nexo.payment import AmountsResp, PaymentRequest, PaymentResponse, PaymentResult


async def handle(till: Till, ask: Ask) -> Nexo:
    """One message of a till's ticket after the other."""
    async with till.turn_of(ask.sale_id):
        return await pay(till, ask)


async def pay(till: Till, ask: Ask) -> Nexo:
    """Hold what is to be paid; it is taken when the ticket is booked, and given back by a reversal before."""
    request = ask.body
    assert isinstance(request, PaymentRequest)
    data = request.payment_data
    _require_normal(request)
    instrument = instrument_of(data.payment_instrument_data if data else None)
    transaction = request.payment_transaction
    currency = currency_of(till, transaction.amounts_req.currency)
    amount_minor = _amount_of(request, scale_or_refuse(currency))
    key = ticket_key(ask, request.sale_data)
    if booked := await find_booked(till, key, instrument.kind, instrument.number):
        same_or_refuse(booked[1].amount_minor == amount_minor)
        return _paid(till, request, *booked, amount_minor)
    ticket = await begin_or_find(
        till,
        ask,
        request.sale_data,
        holder=_holder_of(till, ask, request, instrument),
        items=transaction.sale_item,
        currency=currency,
    )
    if currency != ticket.basket.currency:
        raise NexoFailure(
            "MessageFormat", "Currency is not the ticket's. Check the till.", reason_code="currency_mismatch"
        )
    if instrument.kind == "purse" and ticket.holder is None:
        raise card_missing(
            till, ask.sale_id, "No card: have the member tap, then repeat with a new ServiceID."
        )
    part = part_of(ticket, instrument.kind, instrument.number)
    if part is not None:
        same_or_refuse(part.amount_minor == amount_minor)
        return _paid(till, request, ticket, part, amount_minor)
    may_split = bool(data and data.split_payment_flag)
    part = replace(new_part(till, instrument.kind), amount_minor=amount_minor, number=instrument.number)
    ticket, part = await _take(till, ask, ticket, part, may_split=may_split)
    return _paid(till, request, ticket, part, amount_minor)


async def _take(
    till: Till, ask: Ask, ticket: OpenTicket, part: Part, *, may_split: bool
) -> tuple[OpenTicket, Part]:
    """Hold the part; with a split payment as much of it as there is."""
    try:
        held, _, _ = await agree(till, ticket, [*ticket.parts, part], ask)
    except CentralRefused as error:
        there = error.problem.params.get("available_minor")
        if error.problem.code != "stored_value_too_low" or not may_split or not isinstance(there, int):
            raise
        if there <= 0:
            raise
        part = replace(part, amount_minor=there)
        stands = await till.tickets.find(ticket.key)
        held, _, _ = await agree(till, stands or ticket, [*(stands or ticket).parts, part], ask)
    return held, part


def _require_normal(request: PaymentRequest) -> None:
    kind = request.payment_data.payment_type if request.payment_data else None
    if kind not in (None, "Normal"):
        raise NexoFailure(
            "NotAllowed",
            f"PaymentType {kind} is not taken. Goods that come back are an AwardRefund; a payment that was"
            " a mistake is a Reversal.",
            reason_code="payment_type_not_taken",
        )
    amounts = request.payment_transaction.amounts_req
    if amounts.cash_back_amount or amounts.tip_amount:
        raise NexoFailure(
            "NotAllowed",
            "Neither cash nor a tip comes out of stored value. Send RequestedAmount alone.",
            reason_code="payment_type_not_taken",
        )


def _amount_of(request: PaymentRequest, scale: int) -> int:
    wanted = request.payment_transaction.amounts_req.requested_amount
    minor = amount_of(wanted, scale, "RequestedAmount") if wanted is not None else 0
    if not minor:
        raise NexoFailure(
            "MessageFormat", "RequestedAmount must be above zero.", reason_code="amount_missing"
        )
    return minor


def _holder_of(till: Till, ask: Ask, request: PaymentRequest, instrument: Instrument) -> Holder | None:
    data = request.loyalty_data
    first = data if isinstance(data, LoyaltyData) else data[0] if data else None
    reference = request.payment_data.card_acquisition_reference if request.payment_data else None
    if first is not None:
        reference = reference or first.card_acquisition_reference
    account = first.loyalty_account_id if first else None
    if reference is None and account is None and instrument.kind == "gift_card":
        return None  # a gift card is for whoever brings it: who earns is told by the award
    return find_holder(till, ask.sale_id, reference, account)


def _paid(
    till: Till, request: PaymentRequest, ticket: OpenTicket, part: Part, wanted_minor: int
) -> PaymentResponse:
    currency = ticket.basket.currency
    amount = format_minor(part.amount_minor, scale_of(currency))
    group = till.group()
    pairs = {
        "paidMinor": str(part.amount_minor),
        "leftMinor": str(wanted_minor - part.amount_minor),
        "currency": currency,
        "scale": str(scale_of(currency)),
    }
    response = success(additional(pairs))
    if part.amount_minor < wanted_minor:
        response = replace(response, result="Partial")
    result = PaymentResult(
        payment_type="Normal",
        payment_instrument_data=PaymentInstrumentData(
            payment_instrument_type="StoredValue", stored_value_account_id=account_id(part)
        ),
        amounts_resp=AmountsResp(currency=currency, authorized_amount=Decimal(amount)),
        online_flag=True,
        payment_acquirer_data=PaymentAcquirerData(
            acquirer_id="central",
            merchant_id=group.shop.name if group and group.shop else "",
            acquirer_poi_id=till.settings.poi_id,
            acquirer_transaction_id=TransactionIdentification(
                transaction_id=ticket.reservation_id, time_stamp=part.poi_time
            ),
        ),
    )
    text = texts.paid_line(part.kind, group_language(till), f"{currency} {amount}")
    return PaymentResponse(
        response=response,
        sale_data=request.sale_data,
        poi_data=poi_data(identification(part)),
        payment_result=result,
        payment_receipt=texts.receipt([text]),
    )
