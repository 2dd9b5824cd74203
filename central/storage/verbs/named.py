"""Whether the articles, brands and ranges that rules name are there, and what is there of a like name."""

import json
from collections.abc import Sequence

from central.storage.unit import Snapshot

_FIND_THERE = """
SELECT article_id FROM article
WHERE group_id = :group_id AND article_id IN (SELECT value FROM json_each(:ids))
"""
_FIND_LIKE = """
SELECT article_id FROM article
WHERE group_id = :group_id AND article_id >= :first AND article_id < :last ORDER BY article_id LIMIT :limit
"""
# Asked where a programme is saved or checked whose rules name brands or ranges; on a reader of its own.
_ALL_BRANDS = """
SELECT DISTINCT brand FROM article WHERE group_id = :group_id AND brand <> '' ORDER BY brand LIMIT :limit
"""
_ALL_RANGES = """
SELECT DISTINCT range FROM article WHERE group_id = :group_id AND range <> '' ORDER BY range LIMIT :limit
"""
_LAST = "\U0010ffff"


def find_articles_there(snapshot: Snapshot, group_id: str, article_ids: Sequence[str]) -> frozenset[str]:
    rows = snapshot.all(_FIND_THERE, {"group_id": group_id, "ids": json.dumps(list(article_ids))})
    return frozenset(row[0] for row in rows)


def list_article_ids_like(snapshot: Snapshot, group_id: str, article_id: str, limit: int) -> Sequence[str]:
    first = article_id[: max(1, len(article_id) // 2)]
    bindings = {"group_id": group_id, "first": first, "last": first + _LAST, "limit": limit}
    return [row[0] for row in snapshot.all(_FIND_LIKE, bindings)]


def list_brands(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[str]:
    return [row[0] for row in snapshot.all(_ALL_BRANDS, {"group_id": group_id, "limit": limit})]


def list_ranges(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[str]:
    return [row[0] for row in snapshot.all(_ALL_RANGES, {"group_id": group_id, "limit": limit})]
