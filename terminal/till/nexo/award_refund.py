"""AwardRefund: goods come back, and exactly their points with them."""

import json
import secrets
from dataclasses import replace

from terminal.outbox import Fact
from terminal.till.nexo.basket import occurred_ms, quantity_of
from terminal.till.nexo.context import Ask, NexoFailure, Till
from terminal.till.nexo.loyalty_answers import queued, taken_back
from terminal.till.nexo.noting import business_key, evidence_body, holder_of, new_entry, note_and_wait
from terminal.till.nexo.of_nobody import find_sale, stands_as
from wire.api_sales import ReturnBody, ReturnLineBody, ReturnView
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse


async def award_refund(till: Till, ask: Ask, request: LoyaltyRequest) -> LoyaltyResponse:
    """Goods come back: lines by ItemID and Quantity, or the rest of the ticket when no line is named."""
    original = request.loyalty_transaction.original_poi_transaction
    reference = original.poi_transaction_id if original else None
    if reference is None:
        raise NexoFailure(
            "MessageFormat",
            "OriginalPOITransaction.POITransactionID is missing: send the one of the award's answer.",
            reason_code="original_missing",
        )
    sale = await find_sale(till, reference.transaction_id)
    if sale is None:
        raise NexoFailure(
            "NotFound",
            "No award with this POITransactionID was made at this terminal. Check the ticket.",
            reason_code="original_unknown",
        )
    sale = replace(sale, sale_id=await stands_as(till, sale.sale_id))
    holder = holder_of(till, ask, request)
    items = request.loyalty_transaction.sale_item
    sale_data = request.sale_data
    key = business_key(ask, sale_data, "AwardRefund")
    lines = (
        [(item.item_id, quantity_of(item)) for item in items] if items else await _rest_of(till, sale, key)
    )
    if len({number for number, _ in lines}) != len(lines):
        raise NexoFailure(
            "MessageFormat", "An ItemID stands twice. Add its quantities up.", reason_code="line_invalid"
        )
    return_id = secrets.token_hex(16)
    body = ReturnBody(
        return_id=return_id,
        business_key=key,
        occurred_ms=occurred_ms(sale_data.sale_transaction_id.time_stamp),
        sent_ms=till.clock(),
        lines=[ReturnLineBody(line_no=number, quantity=quantity) for number, quantity in lines],
        holder=evidence_body(holder.evidence) if holder else None,
        operator=(sale_data.operator_id or "")[:64],
    )
    content = [sale.sale_id, lines if items else "rest"]
    new = new_entry(till, "return", return_id, sale.sale_id, body, lines, holder, content)
    fact, outcome = await note_and_wait(till, new, holder.evidence if holder else None)
    if outcome is None:
        return queued(till, sale_data, fact, holder, "return_noted")
    assert isinstance(outcome.answer, ReturnView)
    return taken_back(till, sale_data, fact, holder, outcome.answer)


async def _rest_of(till: Till, sale: Fact, key: str) -> list[tuple[int, int]]:
    """What of a ticket has not come back here yet; for a return that comes again, what it was."""
    returns = await till.outbox.list_returns(sale.sale_id)
    same = next((fact for fact in returns if fact.business_key == key), None)
    if same is not None:
        return _quantities(same)
    rest = dict(_quantities(sale))
    for fact in returns:
        for number, quantity in _quantities(fact):
            rest[number] = rest.get(number, 0) - quantity
    lines = [(number, quantity) for number, quantity in rest.items() if quantity > 0]
    if not lines:
        raise NexoFailure(
            "Refusal", "Every line of this ticket already came back.", reason_code="return_of_nothing"
        )
    return lines


def _quantities(fact: Fact) -> list[tuple[int, int]]:
    return [(int(number), int(quantity)) for number, quantity in json.loads(fact.lines)]
