"""Letting a reservation go before its time: all that it holds is free again, in one step."""

from central.storage.interface.common import GuardFailed
from central.storage.interface.rows import ReservationRow
from central.storage.unit import Unit
from central.storage.verbs import claims, holds, sales
from loyalty.ledger.holds import HoldState

_END = """
UPDATE reservation SET expires_ms = :now_ms
WHERE group_id = :group_id AND reservation_id = :reservation_id AND sale_id IS NULL AND expires_ms > :now_ms
"""


def release_reservation(unit: Unit, group_id: str, reservation_id: str, now_ms: int) -> ReservationRow | None:
    """End it now; the row as it stands. None: there is none. What has ended, or was sold, stays as it is.

    Raises: GuardFailed: a sale took it.
    """
    row = sales.find_reservation(unit, group_id, reservation_id)
    if row is None:
        return None
    if row.sale_id is not None:
        raise GuardFailed(guard=f"That the reservation {reservation_id} is not a sale's")
    place = {"group_id": group_id, "reservation_id": reservation_id, "now_ms": now_ms}
    if unit.run(_END, place):
        kept = [*holds.list_holds_of(unit, group_id, reservation_id)]
        own = holds.find_hold(unit, group_id, reservation_id)
        for hold in kept if own is None else [own, *kept]:
            if hold.state == HoldState.PENDING:
                holds.end(unit, group_id, hold.hold_id, 0, now_ms)
        claims.free_kept(unit, group_id, reservation_id)
        unit.add_event(group_id, "reservation.released", now_ms, reservation_id=reservation_id)
    return sales.find_reservation(unit, group_id, reservation_id)
