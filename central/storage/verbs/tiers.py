"""Tiers: what they are worked out from, and who is in which."""

from collections.abc import Mapping, Sequence

from central.storage.interface.standings import BoughtRow, TierMemberRow
from central.storage.unit import Bindings, Snapshot
from loyalty.limits.members import TIER_TICKETS_MAX

_LIST_BOUGHT = f"""
SELECT s.occurred_ms, s.total_minor - s.returned_minor,
    s.points - coalesce((SELECT sum(r.points) FROM sale_return AS r INDEXED BY sale_return_by_sale
        WHERE r.group_id = s.group_id AND r.sale_id = s.sale_id), 0),
    CASE WHEN s.total_minor > 0 AND s.returned_minor >= s.total_minor THEN 0 ELSE 1 END
FROM sale AS s INDEXED BY sale_by_member
WHERE s.group_id = :group_id AND s.member_id = :member_id
    AND s.occurred_ms >= :since_ms AND s.occurred_ms <= :at_ms
ORDER BY s.occurred_ms DESC, s.sale_id DESC LIMIT {TIER_TICKETS_MAX}
"""  # noqa: S608  -- joined from the constant above
_COUNT = """
SELECT count(*) FROM member_trait INDEXED BY member_trait_by_tier
WHERE group_id = :group_id AND value = :tier AND kind = 'tier' AND to_ms IS NULL
"""
_LIST = """
SELECT member_id, from_ms, actor, until_day FROM member_trait INDEXED BY member_trait_by_tier
WHERE group_id = :group_id AND value = :tier AND kind = 'tier' AND to_ms IS NULL AND member_id > :after
ORDER BY member_id LIMIT :limit
"""


def list_bought(snapshot: Snapshot, key: Bindings, since_ms: int) -> tuple[BoughtRow, ...]:
    """A member's tickets since a moment, less what came back. `key`: group_id, member_id, at_ms."""
    rows = snapshot.all(_LIST_BOUGHT, {**key, "since_ms": since_ms})
    return tuple(BoughtRow(at_ms, int(spent), int(points), visits) for at_ms, spent, points, visits in rows)


def count_tier_members(snapshot: Snapshot, group_id: str, tier_names: Sequence[str]) -> Mapping[str, int]:
    """See `StandingStore.count_tier_members`."""
    counts: dict[str, int] = {}
    for tier in tier_names:
        row = snapshot.one(_COUNT, {"group_id": group_id, "tier": tier})
        assert row is not None, "a count has a row"
        counts[tier] = int(row[0])
    return counts


def list_tier_members(
    snapshot: Snapshot, group_id: str, tier: str, after: str, limit: int
) -> Sequence[TierMemberRow]:
    """See `StandingStore.list_tier_members`."""
    bindings = {"group_id": group_id, "tier": tier, "after": after, "limit": limit}
    return [TierMemberRow(*row) for row in snapshot.all(_LIST, bindings)]
