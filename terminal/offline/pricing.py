"""What the customer is told of a ticket while central is away: price and points from the bundle."""

import asyncio

import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.pricing.offline import quote_told
from loyalty.pricing.quote import Quote
from terminal.offline.data import OfflineData, OpenBundle
from wire.api_sales import BasketBody
from wire.offline import ToldBody
from wire.offline_basket import offline_basket

log = structlog.get_logger(__name__)


class ToldLine(msgspec.Struct, frozen=True, array_like=True):
    """A line as it was told."""

    line_no: int
    amount_minor: int
    points: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was told of a ticket: kept with it, so that it is told again the same."""

    bundle_id: str
    currency: str
    total_minor: int
    points: int
    lines: list[ToldLine]

    def body(self, *, before_payment: bool) -> ToldBody:
        """As central hears it."""
        return ToldBody(
            bundle_id=self.bundle_id,
            total_minor=self.total_minor,
            points=self.points,
            before_payment=before_payment,
        )


async def tell(
    data: OfflineData, basket: BasketBody, *, occurred_ms: int, is_member: bool = True
) -> Told | None:
    """Price a basket from the bundle; None where there is none to price with: then it is only noted."""
    opened = data.usable()
    if opened is None or basket.currency != opened.bundle.currency:
        return None
    quoted = await quote(opened, basket, occurred_ms=occurred_ms, is_member=is_member)
    if quoted is None:
        return None
    return Told(
        bundle_id=opened.bundle.bundle_id,
        currency=basket.currency,
        total_minor=quoted.total_minor,
        points=quoted.points,
        lines=[ToldLine(line.line_no, line.amount_minor, line.points) for line in quoted.lines],
    )


async def quote(opened: OpenBundle, basket: BasketBody, *, occurred_ms: int, is_member: bool) -> Quote | None:
    """What a basket comes to by a bundle; None where it cannot be priced from it."""
    try:
        return await asyncio.to_thread(_quote, opened, basket, occurred_ms, is_member)
    except LoyaltyError as error:
        log.info("not_priced_offline", code=error.code)
        return None


def _quote(opened: OpenBundle, basket: BasketBody, occurred_ms: int, is_member: bool) -> Quote:
    bundle = opened.bundle
    priced = offline_basket(bundle, basket, occurred_ms=occurred_ms, zone=opened.zone)
    return quote_told(priced, bundle.programme, is_member=is_member)
