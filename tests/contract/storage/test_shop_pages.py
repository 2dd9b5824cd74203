"""What shops tell: each part put whole, the same again changes nothing, one question for many shops."""

import msgspec

from central.storage.base import Change, Store
from central.storage.interface.shop_pages import ShopPageRow, ShopPart
from tests.contract.storage.factories import NOW_MS, G, a_shop


def _row(
    part: ShopPart, body: str = '{"days":[]}', *, shop_id: str = "shop-1", at_ms: int = NOW_MS
) -> ShopPageRow:
    return ShopPageRow(group_id=G, shop_id=shop_id, part=part, body=body, changed_ms=at_ms)


async def test_a_part_is_put_whole_and_told_once(store: Store) -> None:
    await store.put_shop(a_shop("shop-2"), NOW_MS)
    assert await store.put_shop_page(_row("days")) is Change.CREATED
    assert await store.put_shop_page(_row("days", at_ms=NOW_MS + 5)) is Change.UNCHANGED
    assert await store.put_shop_page(_row("days", '{"days":[1]}', at_ms=NOW_MS + 9)) is Change.CHANGED
    assert await store.put_shop_page(_row("events", "{}", shop_id="shop-2")) is Change.CREATED
    rows = await store.list_shop_pages(G, ["shop-2", "shop-1", "nowhere"])
    assert [(row.shop_id, row.part, row.body, row.changed_ms) for row in rows] == [
        ("shop-1", "days", '{"days":[1]}', NOW_MS + 9),
        ("shop-2", "events", "{}", NOW_MS),
    ]
    assert [row.part for row in await store.list_shop_pages(G, ["shop-2"])] == ["events"]
    told = [event.body for event in await store.list_events(G, 0, 100) if event.kind == "shop_page.changed"]
    assert [(body["shop_id"], body["part"]) for body in map(msgspec.json.decode, told)] == [
        ("shop-1", "days"),
        ("shop-1", "days"),
        ("shop-2", "events"),
    ]
