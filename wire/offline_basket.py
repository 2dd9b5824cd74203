"""A basket on the wire as both ends price it from a bundle: the same articles, the same moment."""

from datetime import datetime, tzinfo

from loyalty.errors import LoyaltyError, Trouble
from loyalty.pricing.basket import Basket, BasketLine
from loyalty.pricing.offline import Bundle
from wire.api_sales import BasketBody, LineBody


class NotInBundle(LoyaltyError):
    """A line leaves its price to central, and the bundle has none."""

    code = "not_in_bundle"
    trouble = Trouble.REFUSED
    text = "Line {line_no}: there is no price for {article} while central is away. Send the line's amount."


def offline_basket(bundle: Bundle, body: BasketBody, *, occurred_ms: int, zone: tzinfo) -> Basket:
    """The basket to price from a bundle, as of the till's moment where the bundle covers it.

    Raises: NotInBundle.
    """
    moment = datetime.fromtimestamp(bundle.moment_ms(occurred_ms) / 1000, zone)
    return Basket(
        lines=tuple(_line(bundle, line) for line in body.lines),
        currency=body.currency,
        shop_id=bundle.shop_id,
        country=bundle.country,
        local_day=moment.date(),
        local_time=f"{moment.hour:02}:{moment.minute:02}",
    )


def _line(bundle: Bundle, line: LineBody) -> BasketLine:
    found = bundle.find(line.code)
    amount_minor = line.amount_minor
    if amount_minor is None:
        if found is None or found.facts.price_minor is None:
            raise NotInBundle(line_no=line.line_no, article=line.code)
        amount_minor = found.facts.price_minor * line.quantity
    return BasketLine(
        line_no=line.line_no,
        code=line.code,
        article=None if found is None else found.facts,
        quantity=line.quantity,
        amount_minor=amount_minor,
        tax_rate_bp=line.tax_rate_bp if line.tax_rate_bp is not None or found is None else found.tax_rate_bp,
    )
