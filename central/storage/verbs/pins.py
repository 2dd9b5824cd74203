"""Secret codes: set by version, tried by one guarded statement each, locked when no try is left."""

from central.storage.interface.common import GuardFailed
from central.storage.interface.counter import ActLimits, CounterActRow, PinRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of
from central.storage.verbs.counter_acts import add_counter_act

_COLUMNS = "group_id, owner, hash, version, tries, set_by, set_ms"
_FIND = f"SELECT {_COLUMNS} FROM pin WHERE group_id = :group_id AND owner = :owner"  # noqa: S608  -- constants
_ADD = """
INSERT INTO pin (group_id, owner, hash, version, tries, set_by, set_ms)
VALUES (:group_id, :owner, :hash, 1, 0, :set_by, :set_ms)
ON CONFLICT (group_id, owner) DO NOTHING
"""
_CHANGE = """
UPDATE pin SET hash = :hash, version = :version, tries = 0, set_by = :set_by, set_ms = :set_ms
WHERE group_id = :group_id AND owner = :owner AND version = :version - 1
"""
_TAKE_TRY = f"""
UPDATE pin SET tries = tries + 1
WHERE group_id = :group_id AND owner = :owner AND tries < :tries_max
RETURNING {_COLUMNS}
"""  # noqa: S608  -- joined from constants
_GIVE_TRIES = """
UPDATE pin SET tries = 0 WHERE group_id = :group_id AND owner = :owner AND version = :version
"""
_CARRY_OVER = """
INSERT INTO pin (group_id, owner, hash, version, tries, set_by, set_ms)
SELECT group_id, :to_owner, hash, 1, tries, set_by, set_ms FROM pin
WHERE group_id = :group_id AND owner = :owner
ON CONFLICT (group_id, owner) DO NOTHING
"""
_FORGET = "DELETE FROM pin WHERE group_id = :group_id AND owner = :owner"


def card_owner(card_number: str) -> str:
    """Whose the code of a card is."""
    return f"card/{card_number}"


def set_pin(unit: Unit, row: PinRow, act: CounterActRow | None, limits: ActLimits) -> int | None:
    """See `CounterStore.set_pin`."""
    if act is not None and add_counter_act(unit, act, limits).is_replay:
        return None
    if not unit.run(_ADD if row.version == 1 else _CHANGE, bindings_of(row)):
        raise GuardFailed(guard="That the PIN is the one that was looked at")
    return row.version


def find_pin(snapshot: Snapshot, group_id: str, owner: str) -> PinRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "owner": owner})
    return None if row is None else _row(row)


def take_pin_try(unit: Unit, group_id: str, owner: str, tries_max: int) -> PinRow | None:
    """See `CounterStore.take_pin_try`."""
    row = unit.one(_TAKE_TRY, {"group_id": group_id, "owner": owner, "tries_max": tries_max})
    return None if row is None else _row(row)


def give_pin_tries(
    unit: Unit, group_id: str, owner: str, version: int, act: CounterActRow | None, limits: ActLimits
) -> bool:
    """See `CounterStore.give_pin_tries`."""
    if act is not None and add_counter_act(unit, act, limits).is_replay:
        return True
    return bool(unit.run(_GIVE_TRIES, {"group_id": group_id, "owner": owner, "version": version}))


def tell_pin_locked(unit: Unit, group_id: str, ids: dict[str, str | None], now_ms: int) -> None:
    """See `CounterStore.tell_pin_locked`."""
    unit.add_event(group_id, "pin.locked", now_ms, **ids)


def carry_over(unit: Unit, group_id: str, card_number: str, new_number: str) -> None:
    """A renewed card keeps the PIN of the one before, with the tries that were used; that one's goes."""
    owners = {"owner": card_owner(card_number), "to_owner": card_owner(new_number)}
    unit.run(_CARRY_OVER, {"group_id": group_id, **owners})
    forget(unit, group_id, card_number)


def forget(unit: Unit, group_id: str, card_number: str) -> None:
    """The card's PIN goes."""
    unit.run(_FORGET, {"group_id": group_id, "owner": card_owner(card_number)})


def _row(row: tuple[object, ...]) -> PinRow:
    return row_of(PinRow, row)
