"""Texts of articles are put whole; stock is taken by its own moment, an older word never."""

import msgspec

from central.storage.base import Change, Store
from central.storage.interface.packs import ArticleTextRow, PackFacts, StockRow
from tests.contract.storage.factories import NOW_MS, G, an_article


def _text(texts: str, at_ms: int = NOW_MS) -> ArticleTextRow:
    return ArticleTextRow(group_id=G, article_id="article-1", texts=texts, changed_ms=at_ms)


def _stock(units: int, as_of_ms: int) -> StockRow:
    return StockRow(group_id=G, shop_id="shop-1", article_id="article-1", units=units, as_of_ms=as_of_ms)


async def test_texts_and_stock_of_an_article_are_told_together(store: Store) -> None:
    await store.put_articles([an_article("article-1")], NOW_MS)
    assert await store.find_pack_facts(G, "shop-1", "article-1") == PackFacts()
    assert await store.put_article_text(_text('{"fr":"a"}')) is Change.CREATED
    assert await store.put_article_text(_text('{"fr":"a"}', NOW_MS + 5)) is Change.UNCHANGED
    assert await store.put_article_text(_text('{"fr":"b"}', NOW_MS + 9)) is Change.CHANGED
    assert await store.put_stock([_stock(4, 100)], NOW_MS) == 1
    assert await store.put_stock([_stock(9, 99)], NOW_MS) == 0
    assert await store.put_stock([_stock(0, 100)], NOW_MS) == 1
    told = PackFacts(texts='{"fr":"b"}', units=0, as_of_ms=100)
    assert await store.find_pack_facts(G, "shop-1", "article-1") == told
    assert await store.find_pack_facts(G, "shop-2", "article-1") == PackFacts(texts='{"fr":"b"}')
    kinds = ("article_text.changed", "stock.told")
    events = [each for each in await store.list_events(G, 0, 100) if each.kind in kinds]
    assert [each.kind for each in events] == [kinds[0]] * 2 + [kinds[1]] * 2
    assert msgspec.json.decode(events[2].body) == {"shop_id": "shop-1", "articles": 1}
