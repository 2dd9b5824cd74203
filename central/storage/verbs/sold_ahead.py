"""What services that were sold ahead are worth: what was paid for them, unit by unit as they are drawn."""

from collections.abc import Sequence

from central.storage.interface.settlement import DrawnUnits, OpenService
from central.storage.unit import Snapshot
from loyalty.value.moves import DRAW

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

# Lots that were parted or moved keep the act they come from: all it sold is one row of units, in the order of
# drawing. So what its parts are worth sums to what was paid, whoever holds them.
_DRAWN = f"""
coalesce((SELECT sum(b.amount) FROM lot AS k INDEXED BY lot_by_source
    CROSS JOIN allocation AS b INDEXED BY allocation_by_lot ON b.group_id = k.group_id AND b.lot_id = k.lot_id
    CROSS JOIN ledger_transaction AS d ON d.group_id = b.group_id AND d.journal_seq = b.journal_seq
    WHERE k.group_id = l.group_id AND k.source_id = l.source_id AND k.asset = l.asset AND d.kind = '{DRAW}'
        AND {{until}}), 0)
"""
_BEFORE = (
    "(b.journal_seq < a.journal_seq OR b.journal_seq = a.journal_seq AND b.allocation_no < a.allocation_no)"
)
_LIST_DRAWN = f"""
SELECT l.funder, a.amount, v.act_id, v.paid_minor, v.amount, {_DRAWN.format(until=_BEFORE)}
FROM allocation AS a
CROSS JOIN lot AS l ON l.group_id = a.group_id AND l.lot_id = a.lot_id
CROSS JOIN value_act AS v ON v.group_id = l.group_id AND v.act_id = l.source_id AND v.asset = l.asset
WHERE a.group_id = :group_id AND a.journal_seq = :journal_seq
ORDER BY a.allocation_no
"""
_SUM_OPEN = f"""
SELECT l.asset, l.funder, sum(l.remaining), v.paid_minor, v.amount, {_DRAWN.format(until="1 = 1")}
FROM lot AS l
CROSS JOIN value_act AS v ON v.group_id = l.group_id AND v.act_id = l.source_id AND v.asset = l.asset
WHERE l.group_id = :group_id AND l.remaining > 0 AND v.kind = 'service_sold'
GROUP BY l.group_id, l.source_id, l.asset, l.funder, v.paid_minor, v.amount
ORDER BY l.asset, l.funder, l.source_id
"""


def list_drawn(snapshot: Snapshot, group_id: str, journal_seqs: Sequence[int]) -> dict[int, list[DrawnUnits]]:
    """See `SettlementStore.list_drawn`."""
    return {
        seq: [
            DrawnUnits(funder, amount, act_id, paid_minor, units, int(before))
            for funder, amount, act_id, paid_minor, units, before in snapshot.all(
                _LIST_DRAWN, {"group_id": group_id, "journal_seq": seq}
            )
        ]
        for seq in journal_seqs
    }


def list_open_services(snapshot: Snapshot, group_id: str) -> Sequence[OpenService]:
    """See `SettlementStore.list_open_services`."""
    return [
        OpenService(asset, funder, int(remaining), paid_minor, units, int(drawn))
        for asset, funder, remaining, paid_minor, units, drawn in snapshot.all(
            _SUM_OPEN, {"group_id": group_id}
        )
    ]
