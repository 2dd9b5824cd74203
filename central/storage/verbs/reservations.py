"""Reservations: what a ticket that is being paid for keeps from others until it is sold."""

from collections.abc import Sequence

from central.storage.base import IdempotencyConflict, Recorded
from central.storage.interface.claims import CounterUse
from central.storage.interface.rows import ReservationRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import claims, holds
from loyalty.ledger.holds import Hold

_FIND_RESERVATION = """
SELECT group_id, reservation_id, input_hash, quote_id, total_minor, points, expires_ms, sale_id,
    points_redeemed, usage, replaced_by
FROM reservation WHERE group_id = :group_id AND reservation_id = :reservation_id
"""
_ADD_RESERVATION = """
INSERT INTO reservation
    (group_id, reservation_id, input_hash, quote_id, total_minor, points, expires_ms, sale_id,
    points_redeemed, usage)
VALUES (:group_id, :reservation_id, :input_hash, :quote_id, :total_minor, :points, :expires_ms, :sale_id,
    :points_redeemed, :usage)
"""


def put_reservation(
    unit: Unit, row: ReservationRow, kept: Sequence[Hold], uses: Sequence[CounterUse], now_ms: int
) -> Recorded[ReservationRow]:
    """Write a reservation with what it keeps, or nothing."""
    stored = find_reservation(unit, row.group_id, row.reservation_id)
    if stored is not None:
        if stored.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The reservation", id=row.reservation_id)
        return Recorded(stored, is_replay=True)
    bindings = bindings_of(row)
    del bindings["replaced_by"]
    unit.run(_ADD_RESERVATION, bindings)
    for hold in kept:
        holds.put_hold(unit, row.group_id, hold)
    claims.hold(unit, row.group_id, row.reservation_id, uses, now_ms=now_ms, expires_ms=row.expires_ms)
    unit.add_event(row.group_id, "reservation.made", now_ms, reservation_id=row.reservation_id)
    return Recorded(row, is_replay=False)


def find_reservation(snapshot: Snapshot, group_id: str, reservation_id: str) -> ReservationRow | None:
    row = snapshot.one(_FIND_RESERVATION, {"group_id": group_id, "reservation_id": reservation_id})
    return None if row is None else ReservationRow(*row)
