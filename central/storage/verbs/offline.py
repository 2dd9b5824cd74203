"""Bundles of prices and rules, the hot-list of cards, and tickets that were priced offline."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import replace

from central.storage.interface.offline import BundleRow, HotCardRow, LateTicketRow
from central.storage.interface.rows import SaleRecord
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from loyalty.programme.card import CardState

_NAMES = (
    "b.group_id, b.shop_id, b.number, b.bundle_id, b.content_hash, b.time_zone, b.ruleset_version, b.made_ms"
)
_WITH_CONTENT = f"""
SELECT {_NAMES}, c.content FROM offline_bundle AS b
JOIN offline_content AS c ON c.group_id = b.group_id AND c.content_hash = b.content_hash
WHERE b.group_id = :group_id AND b.shop_id = :shop_id
"""
_FIND_NEWEST = f"{_WITH_CONTENT} ORDER BY b.number DESC LIMIT 1"
_FIND = f"{_WITH_CONTENT} AND b.bundle_id = :bundle_id"
_REPLACE = """
UPDATE offline_bundle SET replaced_ms = :made_ms
WHERE group_id = :group_id AND shop_id = :shop_id AND replaced_ms IS NULL
"""
_FORGET = """
DELETE FROM offline_bundle
WHERE group_id = :group_id AND shop_id = :shop_id AND replaced_ms < :before_ms
RETURNING content_hash
"""
_FORGET_CONTENT = """
DELETE FROM offline_content
WHERE group_id = :group_id AND content_hash = :content_hash AND NOT EXISTS (
    SELECT 1 FROM offline_bundle AS b WHERE b.group_id = :group_id AND b.content_hash = :content_hash)
"""
_ADD_CONTENT = """
INSERT INTO offline_content (group_id, content_hash, content) VALUES (:group_id, :content_hash, :content)
ON CONFLICT (group_id, content_hash) DO NOTHING
"""
_ADD = """
INSERT INTO offline_bundle
    (group_id, shop_id, number, bundle_id, content_hash, time_zone, ruleset_version, made_ms, replaced_ms)
VALUES (:group_id, :shop_id, :number, :bundle_id, :content_hash, :time_zone, :ruleset_version, :made_ms, NULL)
"""
# Each card once: a terminal that missed changes of a card needs the last of them alone.
_TURN_HOT = """
INSERT INTO hot_card (group_id, card_number, seq, is_hot)
VALUES (:group_id, :card_number,
    coalesce((SELECT h.seq FROM hot_card AS h WHERE h.group_id = :group_id AND h.seq >= 1
        ORDER BY h.seq DESC LIMIT 1), 0)
        + 1, :is_hot)
ON CONFLICT (group_id, card_number) DO UPDATE SET seq = excluded.seq, is_hot = excluded.is_hot
"""
_IS_HOT = "SELECT is_hot FROM hot_card WHERE group_id = :group_id AND card_number = :card_number"
_LIST_HOT = """
SELECT h.seq, h.card_number, c.uid, h.is_hot FROM hot_card AS h
JOIN card AS c ON c.group_id = h.group_id AND c.card_number = h.card_number
WHERE h.group_id = :group_id AND h.seq > :after_seq ORDER BY h.seq LIMIT :limit
"""
_ADD_LATE = """
INSERT INTO late_ticket
    (group_id, sale_id, shop_id, bundle_id, recorded_ms, occurred_ms, told_total_minor, told_points,
     bundle_total_minor, bundle_points, total_minor, points, member_total_minor, differs)
VALUES (:group_id, :sale_id, :shop_id, :bundle_id, :recorded_ms, :occurred_ms, :told_total_minor,
    :told_points, :bundle_total_minor, :bundle_points, :total_minor, :points, :member_total_minor, :differs)
"""
_LIST_LATE = """
SELECT sale_id, shop_id, bundle_id, recorded_ms, occurred_ms, told_total_minor, told_points,
    bundle_total_minor, bundle_points, total_minor, points, member_total_minor, differs
FROM late_ticket
WHERE group_id = :group_id AND shop_id = coalesce(:shop_id, shop_id) AND differs >= :differs
    AND (recorded_ms < :before_ms OR (recorded_ms = :before_ms AND sale_id < :before_id))
ORDER BY recorded_ms DESC, sale_id DESC LIMIT :limit
"""
_END_OF_TIME_MS = 2**62
HOT_STATES = frozenset({CardState.BLOCKED, CardState.REPLACED, CardState.EXPIRED})


def put_bundle(unit: Unit, row: BundleRow, *, forget_before_ms: int) -> BundleRow:
    newest = find_newest_bundle(unit, row.group_id, row.shop_id)
    if newest is not None and _what(newest) == _what(row):
        return newest
    number = 1 if newest is None else newest.number + 1
    # A clock that was set back makes no bundle older than the one before it.
    made_ms = row.made_ms if newest is None else max(row.made_ms, newest.made_ms)
    bundle_id = f"{number}-{row.content_hash[:16]}"
    named = replace(row, number=number, bundle_id=bundle_id, made_ms=made_ms)
    bindings = bindings_of(named)
    unit.run(_ADD_CONTENT, bindings)
    unit.run(_REPLACE, bindings)
    unit.run(_ADD, bindings)
    for (gone,) in unit.all(_FORGET, bindings | {"before_ms": forget_before_ms}):
        unit.run(_FORGET_CONTENT, {"group_id": row.group_id, "content_hash": gone})
    return named


def find_newest_bundle(snapshot: Snapshot, group_id: str, shop_id: str) -> BundleRow | None:
    return _bundle(snapshot.one(_FIND_NEWEST, {"group_id": group_id, "shop_id": shop_id}))


def find_bundle(snapshot: Snapshot, group_id: str, shop_id: str, bundle_id: str) -> BundleRow | None:
    bindings = {"group_id": group_id, "shop_id": shop_id, "bundle_id": bundle_id}
    return _bundle(snapshot.one(_FIND, bindings))


def turn_hot(unit: Unit, group_id: str, card_number: str, state: str) -> None:
    """Put a card on the hot-list, or take it off, when its new state says so; a part of every move."""
    is_hot = state in HOT_STATES
    bindings = {"group_id": group_id, "card_number": card_number, "is_hot": int(is_hot)}
    known = unit.one(_IS_HOT, bindings)
    if is_hot if known is None else bool(known[0]) != is_hot:
        unit.run(_TURN_HOT, bindings)


def list_hot_cards(snapshot: Snapshot, group_id: str, after_seq: int, limit: int) -> Sequence[HotCardRow]:
    bindings = {"group_id": group_id, "after_seq": after_seq, "limit": limit}
    return [
        HotCardRow(seq=seq, card_number=number, uid=uid, is_hot=bool(is_hot))
        for seq, number, uid, is_hot in snapshot.all(_LIST_HOT, bindings)
    ]


def add_late(unit: Unit, group_id: str, records: Sequence[SaleRecord]) -> None:
    """What came of the late ones among sales; a part of recording them."""
    rows = [
        {
            "group_id": group_id,
            "sale_id": record.sale_id,
            "shop_id": record.shop_id,
            "recorded_ms": record.recorded_ms,
            "occurred_ms": record.occurred_ms,
            "total_minor": record.total_minor,
            "points": record.points,
            **bindings_of(record.late, differs=int(record.late.differs)),
        }
        for record in records
        if record.late is not None
    ]
    if rows:
        unit.run_each(_ADD_LATE, rows)


def list_late_tickets(
    snapshot: Snapshot,
    group_id: str,
    *,
    shop_id: str | None,
    differing: bool,
    before: tuple[int, str] | None,
    limit: int,
) -> Sequence[LateTicketRow]:
    before_ms, before_id = (_END_OF_TIME_MS, "") if before is None else before
    bindings = {
        "group_id": group_id,
        "shop_id": shop_id,
        "differs": int(differing),
        "before_ms": before_ms,
        "before_id": before_id,
        "limit": limit,
    }
    return [_late(row) for row in snapshot.all(_LIST_LATE, bindings)]


def _bundle(row: Row | None) -> BundleRow | None:
    return None if row is None else replace(_named(row[:-1]), content=row[-1])


def _named(row: Row) -> BundleRow:
    return BundleRow(**dict(zip(BundleRow.__slots__[:-1], row, strict=True)))


def _what(row: BundleRow) -> tuple[str, str]:
    """What makes a bundle another one."""
    return row.content_hash, row.time_zone


def _late(row: Row) -> LateTicketRow:
    values = dict(zip(LateTicketRow.__slots__, row, strict=True))
    return LateTicketRow(**(values | {"differs": bool(values["differs"])}))
