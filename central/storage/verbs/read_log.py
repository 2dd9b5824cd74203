"""The log of who read purchase lines."""

import json
from collections.abc import Sequence

from central.storage.interface.rows import ReadLogRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import members

_ADD_READ = """
INSERT INTO read_log (group_id, entry_no, at_ms, member_id, actor, purpose)
SELECT :group_id, coalesce(max(entry_no), 0) + 1, :at_ms, :member_id, :actor, :purpose
FROM read_log WHERE group_id = :group_id
"""
_LIST_READS = """
SELECT at_ms, member_id, actor, purpose FROM read_log INDEXED BY read_log_by_member
WHERE group_id = :group_id AND member_id IN (SELECT value FROM json_each(:member_ids))
ORDER BY entry_no DESC LIMIT :limit
"""


def log_read(unit: Unit, group_id: str, row: ReadLogRow) -> None:
    unit.run(_ADD_READ, bindings_of(row, group_id=group_id))


def list_reads(snapshot: Snapshot, group_id: str, member_id: str, limit: int) -> Sequence[ReadLogRow]:
    """Those of the duplicates that were merged into the member too."""
    ids = json.dumps([member_id, *members.list_merged(snapshot, group_id, member_id)])
    bindings = {"group_id": group_id, "member_ids": ids, "limit": limit}
    return [ReadLogRow(*row) for row in snapshot.all(_LIST_READS, bindings)]
