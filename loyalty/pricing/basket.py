"""Baskets: the facts a quote is made of."""

from dataclasses import dataclass
from datetime import date

from loyalty.programme.articles import ArticleClass


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What rules may know of an article. `price_minor` is central's price, None when it has none."""

    article_id: str
    article_class: ArticleClass
    brand: str = ""
    range: str = ""
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line: `quantity` units (>= 1) for `amount_minor` in all (net of the till's own discounts, tax in).

    `article` is None for a code central does not know.
    """

    line_no: int
    code: str
    article: ArticleFacts | None
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Basket:
    """A priced basket in one currency, in one shop, on one local day of that shop."""

    lines: tuple[BasketLine, ...]
    currency: str
    shop_id: str
    country: str
    local_day: date
