"""The storage interface for what a kiosk tells of a scanned pack: the group's text, the shop's stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleTextRow:
    """What is told of an article, by language, as one JSON document; an empty one tells nothing."""

    group_id: str
    article_id: str
    texts: str
    changed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """How many of an article lay in a shop at a moment."""

    group_id: str
    shop_id: str
    article_id: str
    units: int
    as_of_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFacts:
    """What is known of an article beside its row. `units` None: nobody told the stock of this shop."""

    texts: str = "{}"
    units: int | None = None
    as_of_ms: int = 0


class PackStore(Protocol):
    """Verbs on texts and stock; same promises as `Store`."""

    async def put_article_text(self, row: ArticleTextRow) -> Change:
        """Put the texts of an article whole; the same again changes nothing."""
        ...

    async def put_stock(self, rows: Sequence[StockRow], now_ms: int) -> int:
        """Take what is not older than what is known (all of one shop); how many were taken."""
        ...

    async def find_pack_facts(self, group_id: str, shop_id: str, article_id: str) -> PackFacts: ...
