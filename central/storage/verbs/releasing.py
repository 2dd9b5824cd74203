"""Letting a reservation go before its time, or putting another in its place: each in one step."""

from collections.abc import Sequence

from central.storage.interface.claims import CounterUse
from central.storage.interface.common import GuardFailed, Recorded
from central.storage.interface.rows import ReservationRow
from central.storage.unit import Snapshot, Unit
from central.storage.verbs import claims, holds, reservations
from loyalty.ledger.holds import Hold, HoldState

_END = """
UPDATE reservation SET expires_ms = :now_ms
WHERE group_id = :group_id AND reservation_id = :reservation_id AND sale_id IS NULL AND expires_ms > :now_ms
"""
_STAND_IN = """
UPDATE reservation SET replaced_by = :by
WHERE group_id = :group_id AND reservation_id = :reservation_id AND replaced_by IS NULL
"""
_NEXT = "SELECT replaced_by FROM reservation WHERE group_id = :group_id AND reservation_id = :reservation_id"


def replace_reservation(
    unit: Unit,
    row: ReservationRow,
    kept: Sequence[Hold],
    uses: Sequence[CounterUse],
    replaces: Sequence[str],
    now_ms: int,
) -> Recorded[ReservationRow]:
    """Write a reservation in the place of others, which end first; the same again is a replay.

    Raises: GuardFailed: as `put_reservation`; one of the others is sold, not there, or replaced already.
    """
    if reservations.find_reservation(unit, row.group_id, row.reservation_id) is None:
        for other in replaces:
            release_reservation(unit, row.group_id, other, now_ms)
            place = {"group_id": row.group_id, "reservation_id": other, "by": row.reservation_id}
            if not unit.run(_STAND_IN, place):
                raise GuardFailed(guard=f"That nothing stands in for the reservation {other}")
    return reservations.put_reservation(unit, row, kept, uses, now_ms)


def find_standing(snapshot: Snapshot, group_id: str, reservation_id: str) -> str:
    """The last of those that took its place one after the other; itself where none did."""
    standing = reservation_id
    while row := snapshot.one(_NEXT, {"group_id": group_id, "reservation_id": standing}):
        if row[0] is None:
            break
        standing = row[0]
    return standing


def release_reservation(unit: Unit, group_id: str, reservation_id: str, now_ms: int) -> ReservationRow | None:
    """End it now; the row as it stands. None: there is none. What has ended, or was sold, stays as it is.

    Raises: GuardFailed: a sale took it.
    """
    row = reservations.find_reservation(unit, group_id, reservation_id)
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
    return reservations.find_reservation(unit, group_id, reservation_id)
