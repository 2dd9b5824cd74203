"""The test ticket: a till that is not paired yet sends an award, and nothing is booked, counted or noted.

Central prices it as it would price a sale (a quote, which writes nothing), so the whole way is tried: till,
key, terminal, central, and back.
"""

import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.till_pairing import TILL_TRIAL_LINES_MAX
from loyalty.money import scale_of
from terminal.till.nexo.basket import make_basket
from terminal.till.nexo.context import (
    NexoFailure,
    Till,
    additional,
    failure,
    new_poi_transaction,
    poi_data,
    success,
)
from terminal.till.nexo.offered import OFFERS
from terminal.till.pairing.desk import PairingDesk
from wire.api_sales import QuoteBody
from wire.nexo import json_codec
from wire.nexo.base import Nexo
from wire.nexo.json_codec import BodyWrong, Message, NotNexo
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse

log = structlog.get_logger(__name__)


class TillTrial:
    """Answers what comes under the key of a till that is being paired."""

    def __init__(self, till: Till, desk: PairingDesk) -> None:
        self._till = till
        self._desk = desk

    async def answer(self, data: bytes) -> bytes:
        """The answer to one message. Raises: NotNexo."""
        try:
            message = json_codec.decode(data)
        except BodyWrong as error:
            raise NotNexo(reason=str(error)) from error
        offered = OFFERS.get(message.header.message_category)
        if offered is None or message.header.message_type != "Request":
            raise NotNexo(reason="a till that is being paired sends its test ticket, a Loyalty Award")
        try:
            body: Nexo = await self._priced(message)
        except LoyaltyError as error:
            log.info("till_test_failed", sale_id=message.header.sale_id, code=error.code)
            told = failure(error, "")
            body = offered.make_failure(told, None, poi_data(new_poi_transaction(self._till.clock)))
        header = msgspec.structs.replace(message.header, message_type="Response")
        return json_codec.encode(Message(envelope="SaleToPOIResponse", header=header, body=body))

    async def _priced(self, message: Message) -> LoyaltyResponse:
        header, asked = message.header, message.body
        if header.poi_id != self._till.settings.poi_id or header.sale_id is None:
            raise NexoFailure("NotAllowed", "This is another terminal.", reason_code="wrong_poiid")
        is_award = isinstance(asked, LoyaltyRequest) and (
            asked.loyalty_transaction.loyalty_transaction_type == "Award"
        )
        if not isinstance(asked, LoyaltyRequest) or not is_award:
            raise NexoFailure(
                "NotAllowed",
                "This till is being paired: send its test ticket (a Loyalty Award), then compare the words.",
                reason_code="till_not_paired_yet",
            )
        basket = make_basket(self._till, asked.loyalty_transaction)
        if len(basket.lines) > TILL_TRIAL_LINES_MAX:
            raise NexoFailure("NotAllowed", "A test ticket is short.", reason_code="till_not_paired_yet")
        view = await self._till.value.quote(QuoteBody(basket=basket))
        self._desk.tested(header.sale_id)
        pairs = {
            "training": "true",
            "total": str(view.total_minor),
            "currency": view.currency,
            "scale": str(scale_of(view.currency)),
            "message": "Test ticket: till, terminal and central understand each other. Nothing was booked.",
        }
        return LoyaltyResponse(
            response=success(additional(pairs)),
            sale_data=asked.sale_data,
            poi_data=poi_data(new_poi_transaction(self._till.clock)),
        )
