"""StoredValue: gift cards sold, purses topped up. Central knows each act by an id made of the ticket."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from msgspec.structs import replace

from loyalty.errors import LoyaltyError
from loyalty.money import format_minor, scale_of
from terminal.clock import iso
from terminal.till.nexo.basket import amount_of, currency_of, scale_or_refuse
from terminal.till.nexo.context import (
    Ask,
    NexoFailure,
    Till,
    failure,
    new_poi_transaction,
    poi_data,
    success,
)
from terminal.till.nexo.holder import card_missing, find_holder
from terminal.till.nexo.noting import evidence_body
from terminal.till.nexo.value.instruments import number_of
from wire.api_stored_value import ActView, GiftActivationBody, TopUpBody
from wire.nexo.base import Nexo, TransactionIdentification
from wire.nexo.instruments import StoredValueAccountID
from wire.nexo.loyalty import LoyaltyAccountID
from wire.nexo.payment import (
    StoredValueAccountStatus,
    StoredValueData,
    StoredValueRequest,
    StoredValueResponse,
    StoredValueResult,
)


@dataclass(frozen=True, slots=True)
class _Act:
    data: StoredValueData
    act_id: str
    amount_minor: int
    currency: str


async def handle(till: Till, ask: Ask) -> Nexo:
    """Do the acts in their order; the first that is refused ends it, and what was done before is told."""
    request = ask.body
    assert isinstance(request, StoredValueRequest)
    told = request.stored_value_data
    results: list[StoredValueResult] = []
    response = success()
    for number, data in enumerate(told if isinstance(told, list) else [told]):
        try:
            results.append(await _do(till, ask, request, _act(till, ask, request, number, data)))
        except LoyaltyError as error:
            if not results:
                raise
            response = replace(failure(error, till.language_of(ask)), result="Partial")
            break
    if not results:
        raise NexoFailure(
            "MessageFormat", "StoredValueData is missing: say what is to be done.", reason_code="act_missing"
        )
    return StoredValueResponse(
        response=response,
        sale_data=request.sale_data,
        poi_data=poi_data(new_poi_transaction(till.clock)),
        stored_value_result=results,
    )


def _act(till: Till, ask: Ask, request: StoredValueRequest, number: int, data: StoredValueData) -> _Act:
    if data.stored_value_transaction_type not in ("Activate", "Load"):
        raise NexoFailure(
            "NotAllowed",
            f"{data.stored_value_transaction_type} is not offered at the till: what was sold is used up by"
            " paying, or head office blocks and replaces the card.",
            reason_code="act_not_offered",
        )
    currency = currency_of(till, data.currency)
    scale = scale_or_refuse(currency)
    amount = amount_of(data.item_amount, scale, "ItemAmount") if data.item_amount is not None else 0
    if not amount:
        raise NexoFailure("MessageFormat", "ItemAmount must be above zero.", reason_code="amount_missing")
    ticket = request.sale_data.sale_transaction_id
    account = data.stored_value_account_id
    named = (
        till.settings.poi_id,
        ask.sale_id,
        ticket.transaction_id,
        ticket.time_stamp,
        str(number),
        (account.value or "") if account else "",
    )
    return _Act(data, hashlib.sha256("|".join(named).encode()).hexdigest()[:32], amount, currency)


async def _do(till: Till, ask: Ask, request: StoredValueRequest, act: _Act) -> StoredValueResult:
    account = act.data.stored_value_account_id
    operator = (request.sale_data.operator_id or "")[:64]
    group = till.group()
    if group is not None and act.currency != group.currency:
        raise NexoFailure(
            "MessageFormat", f"Stored value is kept in {group.currency}.", reason_code="currency_mismatch"
        )
    if account is not None and account.stored_value_account_type == "GiftCard":
        done = await till.value.activate_gift_card(
            GiftActivationBody(
                activation_id=act.act_id,
                number=number_of(account.value),
                amount_minor=act.amount_minor,
                tender="other",
                operator=operator,
            )
        )
        return _result(act, done)
    if account is not None and account.stored_value_account_type == "PhoneCard":
        raise NexoFailure("NotAllowed", "Phone cards are not sold here.", reason_code="act_not_offered")
    return _result(act, await _top_up(till, ask, act, operator))


async def _top_up(till: Till, ask: Ask, act: _Act, operator: str) -> ActView:
    account = act.data.stored_value_account_id
    card = None
    if account is not None and account.value:
        card = LoyaltyAccountID(
            entry_mode=account.entry_mode,
            identification_type=account.identification_type,
            loyalty_id=account.value,
        )
    holder = find_holder(till, ask.sale_id, None, card)
    if holder is None:
        raise card_missing(
            till,
            ask.sale_id,
            "No card: have the member tap, or send its number, then repeat with a new ServiceID.",
        )
    body = TopUpBody(
        top_up_id=act.act_id,
        holder=evidence_body(holder.evidence),
        amount_minor=act.amount_minor,
        tender="other",
        operator=operator,
    )
    return await till.value.top_up(body, holder.tap_id)


def _result(act: _Act, done: ActView) -> StoredValueResult:
    account = act.data.stored_value_account_id
    shown = account or StoredValueAccountID(
        stored_value_account_type="Other", identification_type="AccountNumber", entry_mode=["Contactless"]
    )
    scale = scale_of(act.currency)
    return StoredValueResult(
        stored_value_transaction_type=act.data.stored_value_transaction_type,
        product_code=act.data.product_code or "",
        ean_upc=act.data.ean_upc,
        item_amount=Decimal(format_minor(act.amount_minor, scale)),
        currency=act.currency,
        stored_value_account_status=StoredValueAccountStatus(
            stored_value_account_id=shown, current_balance=Decimal(format_minor(done.balance, scale))
        ),
        host_transaction_id=TransactionIdentification(
            transaction_id=done.act_id, time_stamp=iso(done.recorded_ms)
        ),
    )
