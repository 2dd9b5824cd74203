"""What a kiosk asks of a scanned pack, what the group tells of an article, what lies in a shop: the API."""

from typing import Annotated, Final

from msgspec import Meta

from loyalty.limits import shops as limits
from wire.api import EvidenceBody
from wire.api_base import Body, Code, Id, LanguageKey, Millis, View
from wire.api_value import Nothing

ArticleText = Annotated[str, Meta(min_length=1, max_length=limits.ARTICLE_TEXT_CHARS_MAX)]


class AskPackBody(Body, frozen=True):
    """What is this pack, and what does it cost here? `holder`: the card that lies there, for its own price.

    `shop_id`: a terminal's own shop where it is left out. Nothing of the question is kept.
    """

    code: Code
    holder: EvidenceBody | None = None
    shop_id: Id | None = None


ALL_RULES: Final = "all"
"""The code of a row that names no rule."""


class PackReasonView(View, frozen=True):
    """What one rule does for this pack: `amount_minor` (below 0: a discount) and points. Where the pack
    is not named one row sums up all rules: no `rule_id`, code "all".
    """

    rule_id: str
    code: str
    amount_minor: int
    points: int


class StockView(View, frozen=True):
    """How many lay in the shop when its stock system last said so."""

    units: int
    as_of_ms: int


class PackView(View, frozen=True):
    """A pack of the group's articles. `price_minor`: on the shelf, null where central knows none.

    `total_minor`, `points`, `reasons`: for whoever asked, by the same pricing as a ticket's; null where there
    is no price. `nothing`: why it earns no points. `is_named` false: it may tell of health, and a card lies
    there without its PIN: `name` is empty then, and so is `texts`. `texts` are also left out where the law
    forbids to advertise the article. `stock`: null where nobody tells it.
    """

    article_id: str
    name: str
    is_named: bool
    currency: str
    price_minor: int | None
    total_minor: int | None
    points: int
    reasons: list[PackReasonView]
    nothing: Nothing
    texts: dict[str, str]
    stock: StockView | None


class ArticleTextBody(Body, frozen=True):
    """What is told of an article at a kiosk, by language, whole; none takes it away."""

    texts: Annotated[dict[LanguageKey, ArticleText], Meta(max_length=5)]


class ArticleTextView(View, frozen=True):
    """What is told of an article."""

    article_id: str
    texts: dict[str, str]


class StockLevelBody(Body, frozen=True):
    """How many of the article with this code lie in the shop."""

    code: Code
    units: Annotated[int, Meta(ge=0, le=limits.STOCK_UNITS_MAX)]


class StockBody(Body, frozen=True):
    """What a shop's stock system says: `as_of_ms` is when it was so. What is not named stays as it was."""

    as_of_ms: Millis
    levels: Annotated[list[StockLevelBody], Meta(min_length=1, max_length=limits.STOCK_LEVELS_MAX)]


class StockTakenView(View, frozen=True):
    """`taken`; `older`: known from a later moment already; `unknown`: codes of no article."""

    taken: int
    older: int
    unknown: list[str]
