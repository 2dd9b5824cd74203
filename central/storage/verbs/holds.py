"""Holds: promised value beside the balance, guarded like it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from central.storage.base import LotRow
from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.rows import AccountRow, JournalRow
from central.storage.interface.value import HoldRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from central.storage.verbs import ledger
from loyalty.ledger.holds import Hold, HoldState
from loyalty.ledger.postings import LotChange, Transaction
from loyalty.limits.web import PAGE_ROWS_MAX

_COLUMNS = """
SELECT hold_id, account, asset, amount, posted, state, cause_id, made_ms, expires_ms, actor, terminal_id
FROM hold
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND hold_id = :hold_id"
_LIST_PENDING = f"""
{_COLUMNS} WHERE group_id = :group_id AND state = 'pending' AND hold_id > :after
ORDER BY hold_id LIMIT :limit
"""
_LIST_OVER = f"""
{_COLUMNS} INDEXED BY hold_pending WHERE group_id = :group_id AND state = 'pending' AND expires_ms <= :now_ms
ORDER BY expires_ms, hold_id LIMIT :limit
"""
_LIST_OF_RESERVATION = f"""
{_COLUMNS} WHERE group_id = :group_id AND hold_id > :first AND hold_id < :beyond ORDER BY hold_id
"""
_LIST_LOTS = (
    "SELECT lot_id, amount FROM hold_lot WHERE group_id = :group_id AND hold_id = :hold_id ORDER BY place"
)
_ADD = """
INSERT INTO hold (group_id, hold_id, account, asset, amount, state, cause_id, made_ms, expires_ms, actor,
    terminal_id)
VALUES (:group_id, :hold_id, :account, :asset, :amount, 'pending', :cause_id, :made_ms, :expires_ms, :actor,
    :terminal_id)
"""
_ADD_LOT = """
INSERT INTO hold_lot (group_id, hold_id, place, lot_id, amount)
VALUES (:group_id, :hold_id, :place, :lot_id, :amount)
"""
_KEEP = """
UPDATE account SET held = held + :amount
WHERE group_id = :group_id AND account = :account AND asset = :asset
    AND (floor IS NULL OR balance - held - :amount >= floor)
"""
_KEEP_LOT = """
UPDATE lot SET held = held + :amount
WHERE group_id = :group_id AND lot_id = :lot_id AND account = :account AND remaining - held >= :amount
"""
_FREE = """
UPDATE account SET held = held - :amount
WHERE group_id = :group_id AND account = :account AND asset = :asset AND held >= :amount
"""
_FREE_LOT = """
UPDATE lot SET held = held - :amount WHERE group_id = :group_id AND lot_id = :lot_id AND held >= :amount
"""
_END = """
UPDATE hold SET state = :state, posted = :posted, ended_ms = :now_ms
WHERE group_id = :group_id AND hold_id = :hold_id AND state = 'pending' AND amount >= :posted
"""


def put_hold(unit: Unit, group_id: str, hold: Hold) -> Recorded[HoldRow]:
    """Hold value once; lots and account both keep it from now on."""
    stored = find_hold(unit, group_id, hold.hold_id)
    if stored is not None:
        asked = (hold.account, str(hold.asset), hold.amount, hold.cause_id)
        if (stored.account, stored.asset, stored.amount, stored.cause_id) != asked:
            raise IdempotencyConflict(what="The hold", id=hold.hold_id)
        return Recorded(stored, is_replay=True)
    ledger.open_account(unit, group_id, hold.account, str(hold.asset))
    bindings = bindings_of(hold, group_id=group_id, asset=str(hold.asset))
    del bindings["lots"]
    for change in hold.lots:
        if not unit.run(_KEEP_LOT, bindings_of(change, group_id=group_id, account=hold.account)):
            raise GuardFailed(guard=f"That {change.amount} of the lot {change.lot_id} can be held")
    if not unit.run(_KEEP, bindings):
        raise GuardFailed(guard=f"The floor of {hold.account}")
    unit.run(_ADD, bindings)
    key = {"group_id": group_id, "hold_id": hold.hold_id}
    unit.run_each(
        _ADD_LOT, [bindings_of(change, place=place, **key) for place, change in enumerate(hold.lots, start=1)]
    )
    row = find_hold(unit, group_id, hold.hold_id)
    assert row is not None, "the hold was written just now"
    return Recorded(row, is_replay=False)


def find_hold(snapshot: Snapshot, group_id: str, hold_id: str) -> HoldRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "hold_id": hold_id})
    return None if row is None else _hold(snapshot, group_id, row)


def list_holds_of(snapshot: Snapshot, group_id: str, reservation_id: str) -> Sequence[HoldRow]:
    """The holds `<reservation>/...`; no id of a caller has a slash in it."""
    bindings = {"group_id": group_id, "first": f"{reservation_id}/", "beyond": f"{reservation_id}0"}
    rows = snapshot.all(_LIST_OF_RESERVATION, bindings)
    return [_hold(snapshot, group_id, row) for row in rows]


def list_pending_holds(snapshot: Snapshot, group_id: str, after: str, limit: int) -> Sequence[HoldRow]:
    rows = snapshot.all(_LIST_PENDING, {"group_id": group_id, "after": after, "limit": limit})
    return [_hold(snapshot, group_id, row) for row in rows]


def read_ledger(
    snapshot: Snapshot, group_id: str, take: Callable[[Sequence[JournalRow]], None]
) -> tuple[Sequence[AccountRow], Sequence[LotRow], Sequence[HoldRow]]:
    """The whole ledger of one state, with what is held."""
    accounts, lots = ledger.read_ledger(snapshot, group_id, take)
    pending: list[HoldRow] = []
    while rows := list_pending_holds(
        snapshot, group_id, pending[-1].hold_id if pending else "", PAGE_ROWS_MAX
    ):
        pending.extend(rows)
    return accounts, lots, pending


def end(unit: Unit, group_id: str, hold_id: str, posted: int, now_ms: int) -> HoldRow:
    """Free all that a pending hold keeps, remembering how much is posted in the same unit.

    Raises: GuardFailed: it is not pending.
    """
    row = find_hold(unit, group_id, hold_id)
    if row is None:
        raise GuardFailed(guard=f"That there is a hold {hold_id}")
    return _end(unit, group_id, row, HoldState.POSTED if posted else HoldState.VOIDED, posted, now_ms)


def post_hold(
    unit: Unit, group_id: str, hold_id: str, transaction: Transaction | None, posted: int, now_ms: int
) -> HoldRow:
    """Post a part of a hold by a transaction, or void it."""
    row = find_hold(unit, group_id, hold_id)
    wanted = HoldState.POSTED if posted else HoldState.VOIDED
    if row is not None and (row.state, row.posted) == (wanted, posted):
        return row
    ended = end(unit, group_id, hold_id, posted, now_ms)
    if transaction is not None:
        ledger.post_transaction(unit, group_id, transaction)
    return ended


def expire_holds(unit: Unit, group_id: str, now_ms: int, limit: int) -> int:
    """Free what was promised for too long."""
    rows = unit.all(_LIST_OVER, {"group_id": group_id, "now_ms": now_ms, "limit": limit})
    for row in rows:
        _end(unit, group_id, _hold(unit, group_id, row), HoldState.EXPIRED, 0, now_ms)
    return len(rows)


def _end(unit: Unit, group_id: str, row: HoldRow, state: HoldState, posted: int, now_ms: int) -> HoldRow:
    ending = {"group_id": group_id, "hold_id": row.hold_id, "state": state.value, "posted": posted}
    if not unit.run(_END, ending | {"now_ms": now_ms}):
        raise GuardFailed(guard=f"That the hold {row.hold_id} is pending and keeps {posted}")
    place = {"group_id": group_id, "account": row.account, "asset": row.asset}
    is_free = unit.run(_FREE, place | {"amount": row.amount})
    for change in row.lots:
        is_free = unit.run(_FREE_LOT, bindings_of(change, group_id=group_id)) and is_free
    assert is_free, "a pending hold is kept by its account and its lots"
    return replace(row, state=state.value, posted=posted)


def _hold(snapshot: Snapshot, group_id: str, row: Row) -> HoldRow:
    lots = snapshot.all(_LIST_LOTS, {"group_id": group_id, "hold_id": row[0]})
    return HoldRow(*(*row, tuple(LotChange(*lot) for lot in lots)))
