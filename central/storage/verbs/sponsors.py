"""Who sponsors best, and what the sponsored bring (C-11)."""

from collections.abc import Sequence

from central.storage.interface.sponsors import SponsorRow
from central.storage.unit import Snapshot

_RANK_SPONSORS = """
SELECT sponsor_id, count(*), coalesce(sum(CASE WHEN spent_minor > 0 THEN 1 ELSE 0 END), 0),
    coalesce(sum(spent_minor), 0)
FROM (
    SELECT t.value AS sponsor_id, coalesce((
        SELECT sum(s.total_minor - s.returned_minor) FROM sale AS s INDEXED BY sale_by_member_amount
        WHERE s.group_id = t.group_id AND s.member_id = t.member_id AND s.occurred_ms >= :from_ms
            AND s.occurred_ms < :to_ms), 0) AS spent_minor
    FROM member_trait AS t INDEXED BY member_trait_by_sponsor
    WHERE t.group_id = :group_id AND t.kind = 'sponsor' AND t.to_ms IS NULL) AS brought
GROUP BY sponsor_id ORDER BY 4 DESC, 2 DESC, 1 LIMIT :limit
"""


def rank_sponsors(
    snapshot: Snapshot, group_id: str, from_ms: int, to_ms: int, limit: int
) -> Sequence[SponsorRow]:
    """See `SponsorStore.rank_sponsors`."""
    bindings = {"group_id": group_id, "from_ms": from_ms, "to_ms": to_ms, "limit": limit}
    return [
        SponsorRow(sponsor_id, int(sponsored), int(buyers), int(spent))
        for sponsor_id, sponsored, buyers, spent in snapshot.all(_RANK_SPONSORS, bindings)
    ]
