"""Texts of articles and stock of shops: each stock is taken by its own moment, an older one never."""

from collections.abc import Sequence

from central.storage.interface.common import Change
from central.storage.interface.packs import ArticleTextRow, PackFacts, StockRow
from central.storage.unit import Snapshot, Unit, bindings_of

_FIND_TEXT = "SELECT texts FROM article_text WHERE group_id = :group_id AND article_id = :article_id"
_PUT_TEXT = """
INSERT INTO article_text (group_id, article_id, texts, changed_ms)
VALUES (:group_id, :article_id, :texts, :changed_ms)
ON CONFLICT (group_id, article_id) DO UPDATE SET texts = excluded.texts, changed_ms = excluded.changed_ms
"""
_PUT_STOCK = """
INSERT INTO shop_stock (group_id, shop_id, article_id, units, as_of_ms)
VALUES (:group_id, :shop_id, :article_id, :units, :as_of_ms)
ON CONFLICT (group_id, shop_id, article_id) DO UPDATE SET units = excluded.units, as_of_ms = excluded.as_of_ms
WHERE shop_stock.as_of_ms <= excluded.as_of_ms
"""
_FIND_STOCK = """
SELECT units, as_of_ms FROM shop_stock
WHERE group_id = :group_id AND shop_id = :shop_id AND article_id = :article_id
"""


def put_article_text(unit: Unit, row: ArticleTextRow) -> Change:
    """See `PackStore.put_article_text`."""
    key = {"group_id": row.group_id, "article_id": row.article_id}
    stored = unit.one(_FIND_TEXT, key)
    if stored is not None and stored[0] == row.texts:
        return Change.UNCHANGED
    unit.run(_PUT_TEXT, bindings_of(row))
    unit.add_event(row.group_id, "article_text.changed", row.changed_ms, article_id=row.article_id)
    return Change.CREATED if stored is None else Change.CHANGED


def put_stock(unit: Unit, rows: Sequence[StockRow], now_ms: int) -> int:
    """See `PackStore.put_stock`."""
    taken = sum(unit.run(_PUT_STOCK, bindings_of(row)) for row in rows)
    if taken:
        first = rows[0]
        unit.add_event(first.group_id, "stock.told", now_ms, shop_id=first.shop_id, articles=taken)
    return taken


def find_pack_facts(snapshot: Snapshot, group_id: str, shop_id: str, article_id: str) -> PackFacts:
    """See `PackStore.find_pack_facts`."""
    key = {"group_id": group_id, "article_id": article_id}
    text = snapshot.one(_FIND_TEXT, key)
    stock = snapshot.one(_FIND_STOCK, key | {"shop_id": shop_id})
    return PackFacts(
        texts="{}" if text is None else text[0],
        units=None if stock is None else stock[0],
        as_of_ms=0 if stock is None else stock[1],
    )
