"""What tills ask of central beyond tickets: quotes, reservations, purses and gift cards. Online only."""

from urllib.parse import quote as quoted

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S, IDENTIFY_TIMEOUT_S
from terminal.central_link import CentralLink
from wire.api import EvidenceBody
from wire.api_sales import QuoteBody, QuoteView, ReleasedReservationView, ReservationBody, ReservationView
from wire.api_stored_value import (
    ActView,
    GiftActivationBody,
    GiftCardView,
    GiftConversionBody,
    GiftConversionView,
    GiftNumberBody,
    PurseQueryBody,
    PurseView,
    TopUpBody,
)


class CentralValue:
    """Every call raises CentralUnreachable or CentralRefused. Repeating one with the same id is harmless."""

    def __init__(self, link: CentralLink) -> None:
        self._link = link

    async def quote(self, body: QuoteBody, tap_id: str = "") -> QuoteView:
        """What a basket costs and earns; nothing is written."""
        return await self._link.call("POST", "/quotes", body, QuoteView, IDENTIFY_TIMEOUT_S, tap_id)

    async def reserve(self, body: ReservationBody, tap_id: str = "") -> ReservationView:
        """Hold a quote's terms and the value that is to pay."""
        return await self._link.call(
            "POST", "/reservations", body, ReservationView, CENTRAL_TIMEOUT_S, tap_id
        )

    async def release(self, reservation_id: str) -> ReleasedReservationView:
        """Let a reservation go."""
        path = f"/reservations/{quoted(reservation_id, safe='')}/release"
        return await self._link.call("POST", path, None, ReleasedReservationView, CENTRAL_TIMEOUT_S)

    async def find_purse(self, holder: EvidenceBody, tap_id: str = "") -> PurseView:
        """A member's stored value."""
        body = PurseQueryBody(holder=holder)
        return await self._link.call("POST", "/purses/find", body, PurseView, IDENTIFY_TIMEOUT_S, tap_id)

    async def top_up(self, body: TopUpBody, tap_id: str = "") -> ActView:
        """A member paid money into the purse."""
        return await self._link.call("POST", "/purses/top-ups", body, ActView, CENTRAL_TIMEOUT_S, tap_id)

    async def find_gift_card(self, number: str) -> GiftCardView:
        """What a gift card holds."""
        body = GiftNumberBody(number=number)
        return await self._link.call("POST", "/gift-cards/find", body, GiftCardView, IDENTIFY_TIMEOUT_S)

    async def activate_gift_card(self, body: GiftActivationBody) -> ActView:
        """A gift card is sold."""
        return await self._link.call("POST", "/gift-cards/activations", body, ActView, CENTRAL_TIMEOUT_S)

    async def convert_gift_card(self, body: GiftConversionBody) -> GiftConversionView:
        """The holder of an empty gift card becomes a member of this shop, with that card."""
        return await self._link.call(
            "POST", "/gift-cards/conversions", body, GiftConversionView, CENTRAL_TIMEOUT_S
        )
