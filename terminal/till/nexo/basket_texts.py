"""A basket as one text, `CODE*QUANTITY=AMOUNT;...`, for messages that have no SaleItem."""

import re
from decimal import Decimal
from typing import Final

from loyalty.limits.tickets import BASKET_LINES_MAX
from loyalty.money import format_minor, scale_of
from terminal.till.nexo.basket import make_lines
from terminal.till.nexo.context import NexoFailure, Till
from wire.api_sales import BasketBody
from wire.nexo.loyalty import SaleItem

_LINE: Final = re.compile(
    r"(?P<code>[^*=;]{1,64})(\*(?P<quantity>[0-9]{1,6}))?=(?P<amount>[0-9]{1,12}(\.[0-9]{1,4})?)", re.ASCII
)


def basket_of_texts(till: Till, currency: str, text: str) -> BasketBody:
    """The basket of a text; a line's amount is for all its units.

    Raises: NexoFailure.
    """
    parts = [part for part in text.split(";") if part]
    if len(parts) > BASKET_LINES_MAX:
        raise _wrong(f"{len(parts)} lines are more than {BASKET_LINES_MAX}.")
    items = []
    for number, part in enumerate(parts, start=1):
        match = _LINE.fullmatch(part)
        if match is None:
            raise _wrong(f"Line {number} is not CODE*QUANTITY=AMOUNT, such as 7612345000012*2=19.80.")
        items.append(
            SaleItem(
                item_id=number,
                product_code=match["code"],
                quantity=Decimal(match["quantity"] or 1),
                item_amount=Decimal(match["amount"]),
            )
        )
    return make_lines(till, items, currency or None)


def text_of_basket(basket: BasketBody) -> str:
    """The same text of a basket whose lines have amounts; one without is left empty after the `=`."""
    scale = scale_of(basket.currency)
    return ";".join(
        f"{line.code}*{line.quantity}="
        + ("" if line.amount_minor is None else format_minor(line.amount_minor, scale))
        for line in basket.lines
    )


def _wrong(message: str) -> NexoFailure:
    return NexoFailure("MessageFormat", message, reason_code="line_invalid")
