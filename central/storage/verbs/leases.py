"""Leases: a hold that no time ends, taken in pieces by what a terminal burned in a cut."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.leases import LeaseDraw, LeaseEnd, LeaseRow, hold_id_of
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import holds, lots
from loyalty.ledger.assets import POINTS, parse_asset
from loyalty.ledger.chart import member_points
from loyalty.ledger.holds import Hold, HoldState
from loyalty.ledger.leases import HOLD_WITHOUT_END_MS, rest_of
from loyalty.ledger.postings import LotChange
from loyalty.programme.leasing import LeaseFacts

_NAMES = tuple(field.name for field in fields(LeaseRow))
_COLUMNS = f"SELECT {', '.join(_NAMES)} FROM lease"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND lease_id = :lease_id"
_LIST_LIVE = f"""
{_COLUMNS} WHERE group_id = :group_id AND lease_id > :after AND state = 'live' ORDER BY lease_id LIMIT :limit
"""
_LIST_OF_TERMINAL = f"""
{_COLUMNS} INDEXED BY lease_by_terminal
WHERE group_id = :group_id AND terminal_id = :terminal_id AND state = 'live' ORDER BY lease_id
"""
_LIST_OF_MEMBER = f"""
{_COLUMNS} INDEXED BY lease_by_member
WHERE group_id = :group_id AND member_id = :member_id AND state = 'live' ORDER BY lease_id
"""
_ADD = f"INSERT INTO lease ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
_SUM_OF_TERMINAL = """
SELECT count(*), coalesce(sum(amount - drawn), 0),
    coalesce(max(CASE WHEN member_id = :member_id THEN 1 ELSE 0 END), 0)
FROM lease INDEXED BY lease_by_terminal
WHERE group_id = :group_id AND terminal_id = :terminal_id AND state = 'live'
"""
_SUM_OF_MEMBER = """
SELECT coalesce(sum(amount - drawn), 0) FROM lease INDEXED BY lease_by_member
WHERE group_id = :group_id AND member_id = :member_id AND state = 'live'
"""
_FIND_FREE = """
SELECT coalesce(sum(remaining - held), 0) FROM lot INDEXED BY lot_open
WHERE group_id = :group_id AND account = :account AND asset = :asset AND remaining > 0
    AND (expires_ms IS NULL OR expires_ms > :now_ms)
"""
_FIND_SEEN = """
SELECT 1 FROM sale INDEXED BY sale_by_member
WHERE group_id = :group_id AND member_id = :member_id AND occurred_ms >= :since_ms AND shop_id = :shop_id
LIMIT 1
"""
_DRAW = """
UPDATE lease SET drawn = drawn + :points, hold_no = hold_no + :pieces
WHERE group_id = :group_id AND lease_id = :lease_id AND terminal_id = :terminal_id
    AND drawn + :points <= amount
"""
_ADD_DRAW = """
INSERT INTO lease_draw (group_id, lease_id, sale_id, terminal_id, points, at_risk, reason, tap_uid,
    tap_counter, drawn_ms, settled_ms)
VALUES (:group_id, :lease_id, :sale_id, :terminal_id, :points, :at_risk, :reason, :tap_uid, :tap_counter,
    :drawn_ms, :now_ms)
"""
_FIND_TAP = """
SELECT 1 FROM lease_draw INDEXED BY lease_draw_by_tap
WHERE group_id = :group_id AND tap_uid = :tap_uid AND tap_counter = :tap_counter
    AND terminal_id <> :terminal_id
LIMIT 1
"""
_FIND_DRAW = """
SELECT lease_id, terminal_id, points, at_risk, reason, tap_uid, tap_counter, drawn_ms
FROM lease_draw INDEXED BY lease_draw_by_sale WHERE group_id = :group_id AND sale_id = :sale_id
"""
_END = """
UPDATE lease SET state = :state, ended_ms = :at_ms, ended_by = :by, reason = :reason
WHERE group_id = :group_id AND lease_id = :lease_id AND state = 'live'
    AND (drawn = :drawn OR :drawn IS NULL)
"""
_FOLLOW = """
UPDATE lease INDEXED BY lease_by_member SET member_id = :survivor_id, hold_no = hold_no + 1
WHERE group_id = :group_id AND lease_id = :lease_id AND member_id = :duplicate_id AND state = 'live'
"""


def read_lease_facts(
    snapshot: Snapshot, group_id: str, member_id: str, terminal_id: str, now_ms: int
) -> LeaseFacts:
    """All that a grant is decided on, in one state."""
    key = {"group_id": group_id, "member_id": member_id, "terminal_id": terminal_id}
    account = {"account": member_points(member_id), "asset": str(POINTS), "now_ms": now_ms}
    count, terminal_points, has_here = _sums(snapshot, _SUM_OF_TERMINAL, key)
    (leased,) = _sums(snapshot, _SUM_OF_MEMBER, key)
    (free,) = _sums(snapshot, _FIND_FREE, key | account)
    points = lots.find_points(snapshot, group_id, member_id)
    return LeaseFacts(
        balance=points.balance,
        owed=points.owed,
        free=max(0, free - points.owed),
        leased=leased,
        terminal_leases=count,
        terminal_points=terminal_points,
        has_here=bool(has_here),
    )


def _sums(snapshot: Snapshot, sql: str, key: dict[str, Any]) -> tuple[int, ...]:
    row = snapshot.one(sql, key)
    assert row is not None, "a sum has a row"
    return tuple(int(each) for each in row)


def was_seen(snapshot: Snapshot, group_id: str, member_id: str, shop_id: str, since_ms: int) -> bool:
    asked = {"group_id": group_id, "member_id": member_id, "shop_id": shop_id, "since_ms": since_ms}
    return snapshot.one(_FIND_SEEN, asked) is not None


def grant_lease(unit: Unit, row: LeaseRow, hold: Hold, facts: LeaseFacts) -> Recorded[LeaseRow]:
    """See `LeaseStore.grant_lease`. Whoever writes of a group is alone: what is read here stays true."""
    first = find_lease(unit, row.group_id, row.lease_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The lease", id=row.lease_id)
        return Recorded(first, is_replay=True)
    if read_lease_facts(unit, row.group_id, row.member_id, row.terminal_id, row.granted_ms) != facts:
        raise GuardFailed(guard=f"That {row.member_id} has what the lease was decided on")
    holds.put_hold(unit, row.group_id, hold)
    unit.run(_ADD, bindings_of(row))
    unit.add_event(
        row.group_id,
        "lease.granted",
        row.granted_ms,
        lease_id=row.lease_id,
        member_id=row.member_id,
        terminal_id=row.terminal_id,
        shop_id=row.shop_id,
        points=row.amount,
    )
    return Recorded(row, is_replay=False)


def find_lease(snapshot: Snapshot, group_id: str, lease_id: str) -> LeaseRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "lease_id": lease_id})
    return None if row is None else _row(row)


def list_live_leases(snapshot: Snapshot, group_id: str, after: str, limit: int) -> Sequence[LeaseRow]:
    rows = snapshot.all(_LIST_LIVE, {"group_id": group_id, "after": after, "limit": limit})
    return [_row(row) for row in rows]


def list_leases_of_terminal(snapshot: Snapshot, group_id: str, terminal_id: str) -> Sequence[LeaseRow]:
    rows = snapshot.all(_LIST_OF_TERMINAL, {"group_id": group_id, "terminal_id": terminal_id})
    return [_row(row) for row in rows]


def list_leases_of_member(snapshot: Snapshot, group_id: str, member_id: str) -> Sequence[LeaseRow]:
    rows = snapshot.all(_LIST_OF_MEMBER, {"group_id": group_id, "member_id": member_id})
    return [_row(row) for row in rows]


def draw(unit: Unit, group_id: str, sale_id: str, drawn: LeaseDraw, now_ms: int) -> None:
    """Settle a burn: the hold ends with what is posted of it, and what is left is held by the next.

    Raises: GuardFailed: more than the lease has left, another terminal's, or it is no longer as it was.
    """
    key = {"group_id": group_id, "now_ms": now_ms}
    row = find_lease(unit, group_id, drawn.lease_id)
    is_as_it_was = row is not None and drawn.hold_id == (row.hold_id if row.state == "live" else None)
    if row is None or not is_as_it_was:
        raise GuardFailed(guard=f"That the lease {drawn.lease_id} is as it was")
    tap = bindings_of(drawn, group_id=group_id)
    if drawn.tap_uid is not None and not drawn.at_risk and unit.one(_FIND_TAP, tap) is not None:
        raise GuardFailed(guard="That no other terminal settled a burn with this message of the chip")
    if not unit.run(_DRAW, bindings_of(drawn, pieces=int(drawn.hold_id is not None), **key)):
        raise GuardFailed(guard=f"That {drawn.points} are left of the lease {drawn.lease_id}")
    unit.run(_ADD_DRAW, bindings_of(drawn, sale_id=sale_id, **key))
    if drawn.hold_id is not None:
        kept = holds.end(unit, group_id, drawn.hold_id, drawn.from_hold, now_ms)
        _keep_rest(unit, group_id, row, rest_of(kept.lots, drawn.points))
    if drawn.at_risk:
        unit.add_event(
            group_id,
            "lease.at_risk",
            now_ms,
            lease_id=row.lease_id,
            member_id=row.member_id,
            terminal_id=row.terminal_id,
            sale_id=sale_id,
            points=drawn.at_risk,
            reason=drawn.reason,
        )


def _keep_rest(unit: Unit, group_id: str, row: LeaseRow, rest: tuple[LotChange, ...]) -> None:
    amount = sum(change.amount for change in rest)
    if not amount:
        return
    kept = Hold(
        hold_id=hold_id_of(row.lease_id, row.hold_no + 1),
        account=member_points(row.member_id),
        asset=parse_asset(row.asset),
        amount=amount,
        lots=rest,
        cause_id=row.lease_id,
        made_ms=row.granted_ms,
        expires_ms=HOLD_WITHOUT_END_MS,
        actor=row.terminal_id,
        terminal_id=row.terminal_id,
    )
    holds.put_hold(unit, group_id, kept)


def end_lease(unit: Unit, group_id: str, lease_id: str, end: LeaseEnd) -> LeaseRow:
    """See `LeaseStore.end_lease`."""
    row = find_lease(unit, group_id, lease_id)
    if row is None:
        raise GuardFailed(guard=f"That there is a lease {lease_id}")
    if row.state == end.state and end.drawn in (None, row.drawn):
        return row
    if not unit.run(_END, bindings_of(end, group_id=group_id, lease_id=lease_id)):
        raise GuardFailed(guard=f"That the lease {lease_id} is live and settled as its terminal says")
    if row.left:
        holds.end(unit, group_id, row.hold_id, 0, end.at_ms)
    unit.add_event(
        group_id,
        f"lease.{end.state}",
        end.at_ms,
        lease_id=lease_id,
        member_id=row.member_id,
        terminal_id=row.terminal_id,
        points=row.left,
    )
    return replace(row, state=end.state, ended_ms=end.at_ms, ended_by=end.by, reason=end.reason)


def lift(
    unit: Unit, group_id: str, member_id: str, now_ms: int
) -> list[tuple[LeaseRow, Sequence[LotChange]]]:
    """Before the member's value moves to a survivor: end the holds of the live leases, remembering them."""
    found: list[tuple[LeaseRow, Sequence[LotChange]]] = []
    for row in list_leases_of_member(unit, group_id, member_id):
        kept: Sequence[LotChange] = ()
        if row.left:
            kept = holds.end(unit, group_id, row.hold_id, 0, now_ms).lots
        found.append((row, kept))
    return found


def put_down(
    unit: Unit,
    group_id: str,
    survivor_id: str,
    lifted: Sequence[tuple[LeaseRow, Sequence[LotChange]]],
    moved: dict[str, str],
) -> None:
    """After it moved: the same leases are the survivor's, on the lots that took over (`moved`)."""
    for row, kept in lifted:
        key = {"group_id": group_id, "lease_id": row.lease_id}
        is_followed = unit.run(_FOLLOW, {**key, "survivor_id": survivor_id, "duplicate_id": row.member_id})
        assert is_followed, "it was live just now, and whoever writes of a group is alone"
        lots_now = tuple(LotChange(moved[change.lot_id], change.amount) for change in kept)
        _keep_rest(unit, group_id, replace(row, member_id=survivor_id), lots_now)


def held_by_leases(snapshot: Snapshot, group_id: str, member_id: str) -> dict[str, int]:
    """By lot of the member's what leases keep of it."""
    kept: dict[str, int] = {}
    for row in list_leases_of_member(snapshot, group_id, member_id):
        hold = holds.find_hold(snapshot, group_id, row.hold_id)
        if hold is not None and hold.state == HoldState.PENDING:
            for change in hold.lots:
                kept[change.lot_id] = kept.get(change.lot_id, 0) + change.amount
    return kept


def is_tap_drawn(snapshot: Snapshot, group_id: str, uid: str, counter: int, terminal_id: str) -> bool:
    asked = {"group_id": group_id, "tap_uid": uid, "tap_counter": counter, "terminal_id": terminal_id}
    return snapshot.one(_FIND_TAP, asked) is not None


def find_lease_draw(snapshot: Snapshot, group_id: str, sale_id: str) -> LeaseDraw | None:
    row = snapshot.one(_FIND_DRAW, {"group_id": group_id, "sale_id": sale_id})
    if row is None:
        return None
    lease_id, terminal_id, points, at_risk, reason, tap_uid, tap_counter, drawn_ms = row
    return LeaseDraw(
        lease_id=lease_id,
        terminal_id=terminal_id,
        points=points,
        hold_id=None,
        from_hold=points - at_risk,
        at_risk=at_risk,
        reason=reason,
        tap_uid=tap_uid,
        tap_counter=tap_counter,
        drawn_ms=drawn_ms,
    )


def _row(row: Row) -> LeaseRow:
    return row_of(LeaseRow, row)
