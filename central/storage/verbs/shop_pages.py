"""Pages of shops: each part is put whole, and told by an event where it changed."""

import json
from collections.abc import Sequence

from central.storage.interface.common import Change
from central.storage.interface.shop_pages import ShopPageRow
from central.storage.unit import Snapshot, Unit, bindings_of

_FIND = """
SELECT body FROM shop_page WHERE group_id = :group_id AND shop_id = :shop_id AND part = :part
"""
_PUT = """
INSERT INTO shop_page (group_id, shop_id, part, body, changed_ms)
VALUES (:group_id, :shop_id, :part, :body, :changed_ms)
ON CONFLICT (group_id, shop_id, part) DO UPDATE SET body = excluded.body, changed_ms = excluded.changed_ms
"""
_LIST = """
SELECT group_id, shop_id, part, body, changed_ms FROM shop_page
WHERE group_id = :group_id AND shop_id IN (SELECT value FROM json_each(:shop_ids))
ORDER BY shop_id, part
"""


def put_shop_page(unit: Unit, row: ShopPageRow) -> Change:
    """See `ShopPageStore.put_shop_page`."""
    key = {"group_id": row.group_id, "shop_id": row.shop_id, "part": row.part}
    stored = unit.one(_FIND, key)
    if stored is not None and stored[0] == row.body:
        return Change.UNCHANGED
    unit.run(_PUT, bindings_of(row))
    unit.add_event(row.group_id, "shop_page.changed", row.changed_ms, shop_id=row.shop_id, part=row.part)
    return Change.CREATED if stored is None else Change.CHANGED


def list_shop_pages(snapshot: Snapshot, group_id: str, shop_ids: Sequence[str]) -> Sequence[ShopPageRow]:
    """See `ShopPageStore.list_shop_pages`."""
    asked = {"group_id": group_id, "shop_ids": json.dumps(list(shop_ids))}
    return [
        ShopPageRow(group_id=row[0], shop_id=row[1], part=row[2], body=row[3], changed_ms=row[4])
        for row in snapshot.all(_LIST, asked)
    ]
