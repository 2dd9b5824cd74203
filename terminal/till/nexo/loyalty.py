"""Loyalty: award and award refund; the other four transaction types are answered, not offered yet."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Sequence
from decimal import Decimal

from loyalty.limits import TILL_ANSWER_MAX_MS
from loyalty.money import scale_of
from terminal import bodies
from terminal import session as flow
from terminal.central_link import CentralRefused
from terminal.clock import iso
from terminal.outbox import Fact, NewEntry
from terminal.sender import Outcome
from terminal.till.nexo import texts
from terminal.till.nexo.basket import make_basket, occurred_ms, quantity_of
from terminal.till.nexo.context import (
    Ask,
    NexoFailure,
    Till,
    additional,
    new_poi_transaction,
    poi_data,
    success,
)
from terminal.till.nexo.holder import Holder, account_of, describe, find_holder, loyalty_account
from wire.api import (
    EvidenceBody,
    ReturnBody,
    ReturnLineBody,
    ReturnView,
    SaleBody,
    SaleView,
)
from wire.messages import Evidence
from wire.nexo.base import Nexo, POIData, SaleData, TransactionIdentification
from wire.nexo.loyalty import (
    LoyaltyAcquirerData,
    LoyaltyAmount,
    LoyaltyRequest,
    LoyaltyResponse,
    LoyaltyResult,
)


async def handle(till: Till, ask: Ask) -> Nexo:
    """Answer a LoyaltyRequest."""
    request = ask.body
    assert isinstance(request, LoyaltyRequest)
    match request.loyalty_transaction.loyalty_transaction_type:
        case "Award":
            return await _award(till, ask, request)
        case "AwardRefund":
            return await _award_refund(till, ask, request)
        case other:
            raise NexoFailure(
                "UnavailableService",
                f"{other} is not offered by this terminal yet. Award and AwardRefund are.",
                reason_code="service_not_offered",
            )


async def _award(till: Till, ask: Ask, request: LoyaltyRequest) -> LoyaltyResponse:
    """Points for a paid ticket. What a till says about points is ignored: central computes them."""
    holder = _holder_of(till, ask, request)
    if holder is None:
        raise NexoFailure(
            "NotFound",
            "No card: have the member tap, or send LoyaltyAccountID or CardAcquisitionReference,"
            " then repeat with a new ServiceID.",
            reason_code="card_missing",
        )
    basket = make_basket(till, request.loyalty_transaction)
    sale_data = request.sale_data
    sale_id = secrets.token_hex(16)
    body = SaleBody(
        sale_id=sale_id,
        business_key=_business_key(ask, sale_data, "Award"),
        occurred_ms=occurred_ms(sale_data.sale_transaction_id.time_stamp),
        sent_ms=till.clock(),
        basket=basket,
        holder=_evidence_body(holder.evidence),
        operator=(sale_data.operator_id or "")[:64],
    )
    lines = [(line.line_no, line.quantity) for line in basket.lines]
    content = [basket.currency, [[n.line_no, n.code, n.quantity, n.amount_minor] for n in basket.lines]]
    new = _new_entry(till, "sale", sale_id, sale_id, body, lines, holder, content)
    fact, outcome = await _note_and_wait(till, new, holder.evidence)
    if outcome is None:
        return _queued(till, sale_data, fact, holder, "noted")
    assert isinstance(outcome.answer, SaleView)
    return _awarded(till, sale_data, fact, holder, outcome.answer)


async def _award_refund(till: Till, ask: Ask, request: LoyaltyRequest) -> LoyaltyResponse:
    """Goods come back: lines by ItemID and Quantity, or the rest of the ticket when no line is named."""
    original = request.loyalty_transaction.original_poi_transaction
    reference = original.poi_transaction_id if original else None
    if reference is None:
        raise NexoFailure(
            "MessageFormat",
            "OriginalPOITransaction.POITransactionID is missing: send the one of the award's answer.",
            reason_code="original_missing",
        )
    sale = await till.outbox.find_fact(reference.transaction_id)
    if sale is None or sale.entry_id != sale.sale_id:
        raise NexoFailure(
            "NotFound",
            "No award with this POITransactionID was made at this terminal. Check the ticket.",
            reason_code="original_unknown",
        )
    holder = _holder_of(till, ask, request)
    items = request.loyalty_transaction.sale_item
    lines = [(item.item_id, quantity_of(item)) for item in items] if items else await _rest_of(till, sale)
    if len({number for number, _ in lines}) != len(lines):
        raise NexoFailure(
            "MessageFormat", "An ItemID stands twice. Add its quantities up.", reason_code="line_invalid"
        )
    sale_data = request.sale_data
    return_id = secrets.token_hex(16)
    body = ReturnBody(
        return_id=return_id,
        business_key=_business_key(ask, sale_data, "AwardRefund"),
        occurred_ms=occurred_ms(sale_data.sale_transaction_id.time_stamp),
        sent_ms=till.clock(),
        lines=[ReturnLineBody(line_no=number, quantity=quantity) for number, quantity in lines],
        holder=_evidence_body(holder.evidence) if holder else None,
        operator=(sale_data.operator_id or "")[:64],
    )
    content = [sale.sale_id, lines if items else "rest"]
    new = _new_entry(till, "return", return_id, sale.sale_id, body, lines, holder, content)
    fact, outcome = await _note_and_wait(till, new, holder.evidence if holder else None)
    if outcome is None:
        return _queued(till, sale_data, fact, holder, "return_noted")
    assert isinstance(outcome.answer, ReturnView)
    return _taken_back(till, sale_data, fact, holder, outcome.answer)


def _holder_of(till: Till, ask: Ask, request: LoyaltyRequest) -> Holder | None:
    data = request.first_data
    reference = data.card_acquisition_reference if data else None
    account = data.loyalty_account_id if data else None
    return find_holder(till, ask.sale_id, reference, account)


async def _note_and_wait(till: Till, new: NewEntry, evidence: Evidence | None) -> tuple[Fact, Outcome | None]:
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


async def _rest_of(till: Till, sale: Fact) -> list[tuple[int, int]]:
    """What of a ticket has not come back here yet."""
    rest = {int(number): int(quantity) for number, quantity in json.loads(sale.lines)}
    for fact in await till.outbox.list_returns(sale.sale_id):
        for number, quantity in json.loads(fact.lines):
            rest[number] = rest.get(number, 0) - quantity
    lines = [(number, quantity) for number, quantity in rest.items() if quantity > 0]
    if not lines:
        raise NexoFailure(
            "Refusal", "Every line of this ticket already came back.", reason_code="return_of_nothing"
        )
    return lines


def _new_entry(
    till: Till,
    kind: str,
    entry_id: str,
    sale_id: str,
    body: SaleBody | ReturnBody,
    lines: Sequence[tuple[int, int]],
    holder: Holder | None,
    content: Sequence[object],
) -> NewEntry:
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
    )


def _business_key(ask: Ask, sale_data: SaleData, type_: str) -> str:
    """The ticket's own identity. Award and refund may carry the same ticket: the type keeps them apart."""
    ticket = sale_data.sale_transaction_id
    return "|".join((ask.sale_id, ticket.transaction_id, ticket.time_stamp, f"Loyalty.{type_}"))


def _evidence_body(evidence: Evidence) -> EvidenceBody:
    return EvidenceBody(medium=evidence.medium, value=evidence.value)


def _queued(till: Till, sale_data: SaleData, fact: Fact, holder: Holder | None, text: str) -> LoyaltyResponse:
    """Noted, will be credited: no balance is claimed."""
    current = till.desk.current
    language = _language(till, current.profile.language if current and current.profile else "")
    result = [LoyaltyResult(loyalty_account=loyalty_account(till, holder.account))] if holder else None
    return LoyaltyResponse(
        response=success(additional({"queued": "true", "message": texts.line(text, language)})),
        sale_data=sale_data,
        poi_data=_poi_data(fact),
        loyalty_result=result,
        payment_receipt=texts.receipt([texts.line(text, language)]),
    )


def _awarded(till: Till, sale_data: SaleData, fact: Fact, holder: Holder, view: SaleView) -> LoyaltyResponse:
    """The four things of P-30: updated profile, prices, points earned, consolidated balance."""
    pairs = describe(view.profile) | {
        "earned": str(view.points),
        "currency": view.currency,
        "scale": str(scale_of(view.currency)),
        "total": str(view.total_minor),
    }
    if view.balance_points is not None:
        pairs["balance"] = str(view.balance_points)
    for line in view.lines:
        if line.price_minor is not None:
            pairs[f"price.{line.line_no}"] = str(line.price_minor)
        pairs[f"amount.{line.line_no}"] = str(line.amount_minor)
        pairs[f"points.{line.line_no}"] = str(line.points)
    for number, warning in enumerate(view.warnings):
        pairs[f"warning.{number}"] = warning.detail
    language = _language(till, view.profile.language if view.profile else "")
    lines = [texts.line("earned", language, view.points)]
    if view.balance_points is not None:
        lines.append(texts.line("balance", language, view.balance_points))
    result = _result(
        till, holder, view.points, view.balance_points, view.transaction_id, iso(view.recorded_ms)
    )
    return LoyaltyResponse(
        response=success(additional(pairs)),
        sale_data=sale_data,
        poi_data=_poi_data(fact),
        loyalty_result=[result],
        payment_receipt=texts.receipt(lines),
    )


def _taken_back(
    till: Till, sale_data: SaleData, fact: Fact, holder: Holder | None, view: ReturnView
) -> LoyaltyResponse:
    pairs = describe(view.profile) | {
        "takenBack": str(view.points),
        "owed": str(view.points_owed),
        "total": str(view.total_minor),
    }
    if view.balance_points is not None:
        pairs["balance"] = str(view.balance_points)
    language = _language(till, view.profile.language if view.profile else "")
    lines = [texts.line("taken_back", language, view.points)]
    if view.balance_points is not None:
        lines.append(texts.line("balance", language, view.balance_points))
    result = _result(
        till, holder, view.points, view.balance_points, view.transaction_id, iso(view.recorded_ms)
    )
    return LoyaltyResponse(
        response=success(additional(pairs)),
        sale_data=sale_data,
        poi_data=_poi_data(fact),
        loyalty_result=[result],
        payment_receipt=texts.receipt(lines),
    )


def _result(
    till: Till,
    holder: Holder | None,
    points: int,
    balance: int | None,
    transaction_id: str | None,
    recorded: str,
) -> LoyaltyResult:
    # A return without a card still names an account: which one is central's affair.
    account = holder.account if holder else account_of(Evidence(medium="typed", value=""), "")
    transaction = (
        TransactionIdentification(transaction_id=transaction_id, time_stamp=recorded)
        if transaction_id
        else None
    )
    return LoyaltyResult(
        loyalty_account=loyalty_account(till, account),
        current_balance=None if balance is None else Decimal(balance),
        loyalty_amount=LoyaltyAmount(loyalty_unit="Point", value=Decimal(points)),
        loyalty_acquirer_data=LoyaltyAcquirerData(
            loyalty_acquirer_id="central", loyalty_transaction_id=transaction
        ),
    )


def _poi_data(fact: Fact) -> POIData:
    return poi_data(
        TransactionIdentification(transaction_id=fact.poi_transaction_id, time_stamp=fact.poi_time)
    )


def _language(till: Till, of_member: str) -> str:
    group = till.group()
    return of_member or (group.languages[0] if group and group.languages else "fr")
