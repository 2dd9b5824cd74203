"""CardAcquisition, its Abort, and BalanceInquiry: who stands at the counter?"""

import asyncio
from decimal import Decimal
from typing import Final

from loyalty.limits.terminal import CARD_ACQUISITION_WAIT_S
from terminal import session as flow
from terminal.session import CardSession
from terminal.till.nexo.context import (
    Acquisition,
    Ask,
    NexoFailure,
    Till,
    additional,
    new_poi_transaction,
    poi_data,
    success,
)
from terminal.till.nexo.holder import account_of, card_missing, describe, find_holder, loyalty_account
from terminal.till.nexo.value.balances import payment_balance
from wire.nexo.base import Nexo
from wire.nexo.loyalty import (
    BalanceInquiryRequest,
    BalanceInquiryResponse,
    CardAcquisitionRequest,
    CardAcquisitionResponse,
    LoyaltyAccountStatus,
)
from wire.nexo.service import AbortRequest

ASKING: Final = frozenset({"Required", "Proposed"})
"""Handlings that wait for a tap; the others take a card only if it lies there already."""


async def acquire(till: Till, ask: Ask) -> Nexo:
    """A card that lies there answers at once; else wait for a tap when the till wants one."""
    request = ask.body
    assert isinstance(request, CardAcquisitionRequest)
    handling = request.card_acquisition_transaction.loyalty_handling or "Required"
    if handling == "Forbidden":
        raise NexoFailure(
            "NotAllowed",
            "LoyaltyHandling Forbidden asks for no loyalty card, and this terminal reads nothing else."
            " Use Required or Proposed.",
            reason_code="loyalty_forbidden",
        )
    card = None if handling == "Processed" else flow.card_for(till.desk.sessions, ask.sale_id, till.clock())
    if handling in ASKING and (card is None or card.is_asking):
        card = await _wait(till, ask, is_required=handling == "Required")
    if card is None:
        transaction = new_poi_transaction(till.clock)
        return CardAcquisitionResponse(
            response=success(additional({"card": "none"})),
            sale_data=request.sale_data,
            poi_data=poi_data(transaction),
        )
    return _acquired(till, ask, request, card)


async def abort(till: Till, ask: Ask) -> None:
    """End the wait of a till's CardAcquisition, Input or Admin; what else is named is over or never was."""
    request = ask.body
    assert isinstance(request, AbortRequest)
    reference = request.message_reference
    if reference.message_category in (None, "Input") and reference.sale_id in (None, ask.sale_id):
        till.prompts.abort(ask.sale_id, reference.service_id)
    if reference.message_category in (None, "Admin") and reference.sale_id in (None, ask.sale_id):
        till.pin_wishes.abort(ask.sale_id, reference.service_id)
    proving = till.proving
    if proving is not None and proving.key.sale_id == ask.sale_id == (reference.sale_id or ask.sale_id):
        is_its = reference.message_category in (None, proving.key.category)
        if is_its and reference.service_id in (None, proving.key.service_id):
            proving.aborted.set()
    waiting = till.acquisition
    if waiting is None or waiting.key.sale_id != (reference.sale_id or ask.sale_id):
        return
    is_meant = reference.message_category in (None, "CardAcquisition") and reference.service_id in (
        None,
        waiting.key.service_id,
    )
    if is_meant and waiting.key.sale_id == ask.sale_id:
        waiting.aborted.set()


async def balance(till: Till, ask: Ask) -> Nexo:
    """What a member has; a bare number shows a range only (in AdditionalResponse)."""
    request = ask.body
    assert isinstance(request, BalanceInquiryRequest)
    wanted = request.loyalty_account_req
    if wanted is None and request.payment_account_req is not None:
        return await payment_balance(till, ask, request.payment_account_req)
    holder = find_holder(
        till,
        ask.sale_id,
        wanted.card_acquisition_reference if wanted else None,
        wanted.loyalty_account_id if wanted else None,
    )
    if holder is None:
        raise card_missing(
            till,
            ask.sale_id,
            "No card: have the member tap, or send LoyaltyAccountID or CardAcquisitionReference.",
        )
    view = await till.desk.identify_card(holder.evidence, holder.tap_id)
    points = view.profile.points
    return BalanceInquiryResponse(
        response=success(additional(describe(view.profile) | {"proof": view.strength})),
        loyalty_account_status=LoyaltyAccountStatus(
            loyalty_account=loyalty_account(till, account_of(holder.evidence, view.card_number)),
            current_balance=None if points is None else Decimal(points),
            loyalty_unit="Point",
        ),
    )


async def _wait(till: Till, ask: Ask, *, is_required: bool) -> CardSession | None:
    """The card that is tapped in time; None when a Proposed one was not.

    Raises: NexoFailure: Busy, Aborted, Cancel (nobody tapped, though required).
    """
    if till.acquisition is not None:
        raise NexoFailure(
            "Busy",
            "Another CardAcquisition waits for a tap. Abort it, or wait for its answer.",
            reason_code="acquisition_running",
        )
    till.acquisition = waiting = Acquisition(ask.key)
    tap = asyncio.create_task(till.desk.wait_card(ask.sale_id), name="wait-card")
    aborted = asyncio.create_task(waiting.aborted.wait(), name="wait-abort")
    try:
        await asyncio.wait(
            {tap, aborted}, timeout=CARD_ACQUISITION_WAIT_S, return_when=asyncio.FIRST_COMPLETED
        )
        if tap.done():
            return tap.result()
        if aborted.done():
            raise NexoFailure("Aborted", "The till ended the wait.", reason_code="aborted")
        if is_required:
            raise NexoFailure(
                "Cancel",
                f"Nobody tapped a card within {CARD_ACQUISITION_WAIT_S} seconds. Ask again if wanted.",
                reason_code="nobody_tapped",
            )
        return None
    finally:
        till.acquisition = None
        tap.cancel()
        aborted.cancel()
        await asyncio.wait({tap, aborted})


def _acquired(
    till: Till, ask: Ask, request: CardAcquisitionRequest, card: CardSession
) -> CardAcquisitionResponse:
    is_offline = card.refusal == "central_unreachable" or card.is_asking
    if card.refusal is not None and not is_offline:
        raise NexoFailure("InvalidCard", card.refusal_text, reason_code=card.refusal)
    transaction = new_poi_transaction(till.clock)
    till.desk.put(
        flow.acquired(
            till.desk.sessions,
            session=card,
            sale_id=ask.sale_id,
            reference=transaction.transaction_id,
            now_ms=till.clock(),
        )
    )
    pairs = describe(card.profile)
    if card.identified is not None:
        pairs["proof"] = card.identified.strength
    if is_offline:
        pairs["offline"] = "true"
    number = card.identified.card_number if card.identified else ""
    return CardAcquisitionResponse(
        response=success(additional(pairs)),
        sale_data=request.sale_data,
        poi_data=poi_data(transaction),
        loyalty_account=[loyalty_account(till, account_of(card.evidence, number))],
    )
